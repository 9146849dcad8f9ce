import { replyOf, testRefusals, testRoundTrips } from "../../tests/support/codec.ts";
import { softwareVersion } from "./xep0092.ts";

testRoundTrips(softwareVersion.query, [["a request", "<query xmlns='jabber:iq:version'/>", undefined]]);

testRoundTrips(replyOf(softwareVersion), [
  [
    "all",
    "<query xmlns='jabber:iq:version'><name>Annals</name><version>1.0</version><os>Linux</os></query>",
    { name: "Annals", version: "1.0", os: "Linux" },
  ],
  [
    "no system",
    "<query xmlns='jabber:iq:version'><name>Annals</name><version/></query>",
    { name: "Annals", version: "" },
  ],
]);

testRefusals(replyOf(softwareVersion), [
  [
    "no name",
    "<query xmlns='jabber:iq:version'><version>1.0</version></query>",
    "bad-request",
    'Found <query/> without <name xmlns="jabber:iq:version"/>',
  ],
]);
