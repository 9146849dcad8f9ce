import { replyOf, testReading, testRoundTrips } from "../../tests/support/codec.ts";
import { Jid } from "../xmpp/jid.ts";
import { getRoster } from "./rfc6121.ts";

testRoundTrips(getRoster.query, [["a request (§2.1.3)", "<query xmlns='jabber:iq:roster'/>", undefined]]);

testRoundTrips(replyOf(getRoster), [
  ["an empty roster", "<query xmlns='jabber:iq:roster'/>", []],
  [
    "contacts (§2.1.4)",
    `<query xmlns='jabber:iq:roster'>
      <item jid='romeo@example.net' name='Romeo' subscription='both'/>
      <item jid='gateway.example.net' subscription='none'/>
    </query>`,
    [
      { jid: Jid.parse("romeo@example.net"), subscription: "both", name: "Romeo" },
      { jid: Jid.parse("gateway.example.net"), subscription: "none" },
    ],
  ],
]);

testReading(replyOf(getRoster), [
  [
    "past contacts without an address",
    `<query xmlns='jabber:iq:roster' ver='7'>
      <item/>
      <item jid='not an address'/>
      <item jid='Romeo@Example.net'><group>Friends</group></item>
    </query>`,
    [{ jid: Jid.parse("romeo@example.net"), subscription: "none" }],
  ],
]);
