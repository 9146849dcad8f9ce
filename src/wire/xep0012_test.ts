import { replyOf, testRefusals, testRoundTrips } from "../../tests/support/codec.ts";
import { lastActivity } from "./xep0012.ts";

testRoundTrips(lastActivity.query, [["a request", "<query xmlns='jabber:iq:last'/>", undefined]]);

testRoundTrips(replyOf(lastActivity), [
  ["seconds", "<query xmlns='jabber:iq:last' seconds='903'/>", { seconds: 903 }],
  ["a status", "<query xmlns='jabber:iq:last' seconds='0'>Gone</query>", { seconds: 0, status: "Gone" }],
]);

testRefusals(replyOf(lastActivity), [
  ["no seconds", "<query xmlns='jabber:iq:last'/>", "bad-request", 'Found <query/> without the attribute "seconds"'],
  [
    "seconds that are no number",
    "<query xmlns='jabber:iq:last' seconds='-1'/>",
    "bad-request",
    'Found "-1" in the attribute "seconds", expected an integer from 0 to 2147483647',
  ],
]);
