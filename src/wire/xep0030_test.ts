import { replyOf, testRefusals, testRoundTrips } from "../../tests/support/codec.ts";
import { discoInfo, discoItems } from "./xep0030.ts";

testRoundTrips(discoInfo.query, [
  ["a request", "<query xmlns='http://jabber.org/protocol/disco#info'/>", {}],
  ["a request at a node", "<query xmlns='http://jabber.org/protocol/disco#info' node='n'/>", { node: "n" }],
]);

testRoundTrips(replyOf(discoInfo), [
  ["nothing", "<query xmlns='http://jabber.org/protocol/disco#info'/>", { identities: [], features: [] }],
  [
    "all",
    `<query xmlns='http://jabber.org/protocol/disco#info' node='n'>
      <identity category='component' type='archive' name='Annals'/>
      <identity category='store' type='berkeley'/>
      <feature var='urn:xmpp:mam:2'/>
      <feature var='urn:xmpp:ping'/>
    </query>`,
    {
      node: "n",
      identities: [
        { category: "component", type: "archive", name: "Annals" },
        { category: "store", type: "berkeley" },
      ],
      features: ["urn:xmpp:mam:2", "urn:xmpp:ping"],
    },
  ],
]);

testRefusals(replyOf(discoInfo), [
  [
    "an identity without a type",
    "<query xmlns='http://jabber.org/protocol/disco#info'><identity category='store'/></query>",
    "bad-request",
    'Found <identity/> without the attribute "type"',
  ],
  [
    "a feature without a name",
    "<query xmlns='http://jabber.org/protocol/disco#info'><feature/></query>",
    "bad-request",
    'Found <feature/> without the attribute "var"',
  ],
]);

testRoundTrips(discoItems.query, [
  ["a request", "<query xmlns='http://jabber.org/protocol/disco#items'/>", {}],
  ["a request at a node", "<query xmlns='http://jabber.org/protocol/disco#items' node='n'/>", { node: "n" }],
]);

testRoundTrips(replyOf(discoItems), [
  [
    "all",
    `<query xmlns='http://jabber.org/protocol/disco#items' node='n'>
      <item jid='a.example.test'/>
      <item jid='b.example.test' node='m' name='B'/>
    </query>`,
    { node: "n", items: [{ jid: "a.example.test" }, { jid: "b.example.test", node: "m", name: "B" }] },
  ],
]);

testRefusals(replyOf(discoItems), [
  [
    "an item without an address",
    "<query xmlns='http://jabber.org/protocol/disco#items'><item name='B'/></query>",
    "bad-request",
    'Found <item/> without the attribute "jid"',
  ],
]);
