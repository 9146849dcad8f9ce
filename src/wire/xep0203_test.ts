import { testRefusals, testRoundTrips } from "../../tests/support/codec.ts";
import { delay } from "./xep0203.ts";

const stamp = Date.UTC(2002, 8, 10, 23, 8, 25);

testRoundTrips(delay, [
  ["a stamp", "<delay xmlns='urn:xmpp:delay' stamp='2002-09-10T23:08:25.000Z'/>", { stamp }],
  [
    "all",
    "<delay xmlns='urn:xmpp:delay' from='capulet.com' stamp='2002-09-10T23:08:25.000Z'>Offline Storage</delay>",
    { stamp, from: "capulet.com", reason: "Offline Storage" },
  ],
]);

testRefusals(delay, [
  ["no stamp", "<delay xmlns='urn:xmpp:delay'/>", "bad-request", 'Found <delay/> without the attribute "stamp"'],
  [
    "a stamp that is no time",
    "<delay xmlns='urn:xmpp:delay' stamp='20020910T23:08:25'/>",
    "bad-request",
    'Found "20020910T23:08:25" in the attribute "stamp", expected a time such as 2026-11-22T18:00:00Z',
  ],
]);
