import { readXml, testReading, testRefusals, testRoundTrips } from "../../tests/support/codec.ts";
import { forwarded } from "./xep0297.ts";

const MESSAGE = "<message xmlns='jabber:client' from='a@example.test'><body>Art thou not Romeo?</body></message>";
const UNNAMED = "<message from='a@example.test'><body>Art thou not Romeo?</body></message>";

testRoundTrips(forwarded, [
  ["a message", `<forwarded xmlns='urn:xmpp:forward:0'>${MESSAGE}</forwarded>`, { stanza: readXml(MESSAGE) }],
  [
    "a request",
    "<forwarded xmlns='urn:xmpp:forward:0'><iq xmlns='jabber:client' type='get'/></forwarded>",
    { stanza: readXml("<iq xmlns='jabber:client' type='get'/>") },
  ],
  [
    "a message and when it was received",
    `<forwarded xmlns='urn:xmpp:forward:0'>
      <delay xmlns='urn:xmpp:delay' stamp='2010-07-10T23:08:25.000Z'/>
      ${MESSAGE}
    </forwarded>`,
    { delay: { stamp: Date.UTC(2010, 6, 10, 23, 8, 25) }, stanza: readXml(MESSAGE) },
  ],
]);

testReading(forwarded, [
  [
    "a stanza that says no namespace (§3.2)",
    `<forwarded xmlns='urn:xmpp:forward:0'>${UNNAMED}</forwarded>`,
    { stanza: readXml(UNNAMED.replace("<message", "<message xmlns='urn:xmpp:forward:0'")) },
  ],
  [
    "past what it does not know",
    `<forwarded xmlns='urn:xmpp:forward:0'><message xmlns='urn:example'/><x/>${MESSAGE}</forwarded>`,
    { stanza: readXml(MESSAGE) },
  ],
]);

testRefusals(forwarded, [
  [
    "nothing",
    "<forwarded xmlns='urn:xmpp:forward:0'/>",
    "bad-request",
    "Found no stanza in <forwarded/>, expected one",
  ],
  [
    "two stanzas",
    `<forwarded xmlns='urn:xmpp:forward:0'>${MESSAGE}${MESSAGE}</forwarded>`,
    "bad-request",
    "Found several stanzas in <forwarded/>, expected one",
  ],
  [
    "a stanza of another namespace",
    "<forwarded xmlns='urn:xmpp:forward:0'><message xmlns='urn:example'/></forwarded>",
    "bad-request",
    "Found no stanza in <forwarded/>, expected one",
  ],
  [
    "a delay that is none",
    `<forwarded xmlns='urn:xmpp:forward:0'><delay xmlns='urn:xmpp:delay' stamp='x'/>${MESSAGE}</forwarded>`,
    "bad-request",
    'Found "x" in the attribute "stamp", expected a time such as 2026-11-22T18:00:00Z',
  ],
]);
