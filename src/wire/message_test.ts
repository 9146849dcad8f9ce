import { assertEquals, assertStrictEquals } from "@std/assert";
import { canonical } from "../testing/canonical.ts";
import { readXml } from "../testing/codec.ts";
import { serialize } from "../xml/writer.ts";
import { describeMessage, type MessageTraits, withoutNamespaces, withoutStanzaIds } from "./message.ts";

const PLAIN: MessageTraits = {
  type: "normal",
  body: false,
  subject: false,
  store: false,
  noStore: false,
  noPermanentStore: false,
  encrypted: false,
  receipt: false,
  marker: false,
  invitation: false,
  jingleMessage: false,
};

const children: readonly [name: string, xml: string, traits: Partial<MessageTraits>][] = [
  ["nothing", "", {}],
  ["a body", "<body>x</body>", { body: true }],
  ["an empty body", "<body/>", { body: true }],
  ["a body that says its namespace", "<body xmlns='jabber:client'>x</body>", { body: true }],
  ["a body of another namespace", "<body xmlns='http://www.w3.org/1999/xhtml'>x</body>", {}],
  ["a subject", "<subject>x</subject>", { subject: true }],
  ["a thread", "<thread>t1</thread><thread>t2</thread>", { thread: "t1" }],
  ["store (XEP-0334 §4.4)", "<store xmlns='urn:xmpp:hints'/>", { store: true }],
  ["no-store (XEP-0334 §4.2)", "<no-store xmlns='urn:xmpp:hints'/>", { noStore: true }],
  ["no-permanent-store (XEP-0334 §4.1)", "<no-permanent-store xmlns='urn:xmpp:hints'/>", { noPermanentStore: true }],
  ["no-copy (XEP-0334 §4.3)", "<no-copy xmlns='urn:xmpp:hints'/>", {}],
  ["a hint with a prefix", "<h:no-store xmlns:h='urn:xmpp:hints'/>", { noStore: true }],
  ["a hint of no namespace", "<no-store xmlns=''/>", {}],
  ["an encryption (XEP-0380)", "<encryption xmlns='urn:xmpp:eme:0' namespace='urn:xmpp:otr:0'/>", { encrypted: true }],
  ["OMEMO of old", "<encrypted xmlns='eu.siacs.conversations.axolotl'/>", { encrypted: true }],
  ["OMEMO (XEP-0384)", "<encrypted xmlns='urn:xmpp:omemo:2'/>", { encrypted: true }],
  ["OX (XEP-0373)", "<openpgp xmlns='urn:xmpp:openpgp:0'/>", { encrypted: true }],
  ["OpenPGP (XEP-0027)", "<x xmlns='jabber:x:encrypted'/>", { encrypted: true }],
  ["a receipt (XEP-0184)", "<received xmlns='urn:xmpp:receipts' id='1'/>", { receipt: true }],
  ["a request for one", "<request xmlns='urn:xmpp:receipts'/>", { receipt: true }],
  ["a marker (XEP-0333)", "<displayed xmlns='urn:xmpp:chat-markers:0' id='1'/>", { marker: true }],
  ["an invitation (XEP-0249)", "<x xmlns='jabber:x:conference' jid='r@muc.test'/>", { invitation: true }],
  [
    "an invitation by a room (XEP-0045 §7.8.2)",
    "<x xmlns='http://jabber.org/protocol/muc#user'><invite from='a@b'/></x>",
    { invitation: true },
  ],
  ["another word of a room", "<x xmlns='http://jabber.org/protocol/muc#user'><status code='104'/></x>", {}],
  ["a call (XEP-0353)", "<propose xmlns='urn:xmpp:jingle-message:0' id='1'/>", { jingleMessage: true }],
  ["a call of a newer version", "<propose xmlns='urn:xmpp:jingle-message:1' id='1'/>", { jingleMessage: true }],
  ["a chat state (XEP-0085)", "<active xmlns='http://jabber.org/protocol/chatstates'/>", {}],
  ["a sent carbon (XEP-0280)", "<sent xmlns='urn:xmpp:carbons:2'/>", { wrapper: "carbon" }],
  ["a received carbon", "<received xmlns='urn:xmpp:carbons:2'/>", { wrapper: "carbon" }],
  ["a wish for no carbon", "<private xmlns='urn:xmpp:carbons:2'/>", {}],
  ["an archive result", "<result xmlns='urn:xmpp:mam:2'/>", { wrapper: "archive result" }],
  ["an archive result of old", "<result xmlns='urn:xmpp:mam:tmp'/>", { wrapper: "archive result" }],
  ["the end of a page of old", "<fin xmlns='urn:xmpp:mam:0'/>", { wrapper: "archive result" }],
  ["an archived element of old", "<archived xmlns='urn:xmpp:mam:tmp'/>", {}],
  ["a delegation", "<delegation xmlns='urn:xmpp:delegation:1'/>", { wrapper: "delegation" }],
  ["a privilege", "<privilege xmlns='urn:xmpp:privilege:2'/>", { wrapper: "privilege" }],
  [
    "the first delay (XEP-0203)",
    `<delay xmlns='urn:xmpp:delay' stamp='1970-01-01T00:00:01Z' from='a.test'/>
     <delay xmlns='urn:xmpp:delay' stamp='1970-01-01T00:00:02Z'/>`,
    { delay: { stamp: 1000, from: "a.test" } },
  ],
  ["a delay of no time", "<delay xmlns='urn:xmpp:delay' stamp='x'/>", { delay: {} }],
  [
    "one after the other",
    "<body>x</body><request xmlns='urn:xmpp:receipts'/><markable xmlns='urn:xmpp:chat-markers:0'/>",
    { body: true, receipt: true, marker: true },
  ],
];

for (const [name, text, traits] of children) {
  for (const xmlns of ["", " xmlns='jabber:client'"]) {
    Deno.test(`describeMessage() sees ${name}${xmlns && " in jabber:client"}`, () => {
      assertEquals(describeMessage(readXml(`<message${xmlns}>${text}</message>`)), { ...PLAIN, ...traits });
    });
  }
}

Deno.test("describeMessage() sees the children of a forwarded message that says no namespace", () => {
  const [message] = readXml("<forwarded xmlns='urn:xmpp:forward:0'><message><body/></message></forwarded>").getChildren(
    "message",
  );
  assertEquals(message && describeMessage(message), { ...PLAIN, body: true });
});

for (
  const [type, read] of [
    ["normal", "normal"],
    ["chat", "chat"],
    ["headline", "headline"],
    ["groupchat", "groupchat"],
    ["error", "error"],
    ["Chat", "normal"],
    ["", "normal"],
  ] as const
) {
  Deno.test(`describeMessage() takes the type "${type}" for ${read} (RFC 6121 §5.2.2)`, () => {
    assertEquals(describeMessage(readXml(`<message type='${type}'/>`)).type, read);
  });
}

Deno.test("withoutNamespaces() removes the children of a namespace, and leaves the message as it is", () => {
  const message = readXml(`
    <message xmlns='jabber:client' id='1'>
      <body>x</body>
      <active xmlns='http://jabber.org/protocol/chatstates'/>
      <s:paused xmlns:s='http://jabber.org/protocol/chatstates'/>
      <x xmlns='urn:example'><active xmlns='http://jabber.org/protocol/chatstates'/></x>
    </message>`);
  assertEquals(
    canonical(withoutNamespaces(message, new Set(["http://jabber.org/protocol/chatstates", "jabber:client"]))),
    canonical(readXml(`
      <message xmlns='jabber:client' id='1'>
        <body>x</body>
        <x xmlns='urn:example'><active xmlns='http://jabber.org/protocol/chatstates'/></x>
      </message>`)),
  );
  assertEquals(message.children.length, 4);
});

Deno.test("withoutNamespaces() keeps in scope what is declared around the message", () => {
  const [message] = readXml(`
    <forwarded xmlns='urn:xmpp:forward:0' xmlns:h='urn:xmpp:hints'>
      <message><h:store/><active xmlns='http://jabber.org/protocol/chatstates'/></message>
    </forwarded>`).getChildren("message");
  const kept = message && withoutNamespaces(message, new Set(["http://jabber.org/protocol/chatstates"]));
  assertEquals(
    kept && canonical(readXml(serialize(kept))),
    canonical(readXml("<message xmlns='urn:xmpp:forward:0'><store xmlns='urn:xmpp:hints'/></message>")),
  );
});

Deno.test("withoutNamespaces() and withoutStanzaIds() return a message with nothing to remove itself", () => {
  const message = readXml("<message><body>x</body><stanza-id xmlns='urn:xmpp:sid:0' by='a@b' id='1'/></message>");
  assertStrictEquals(withoutNamespaces(message, new Set(["urn:example"])), message);
  assertStrictEquals(withoutStanzaIds(message, new Set(["c@d"])), message);
});

Deno.test("withoutStanzaIds() removes what claims to be ours, however it is written (XEP-0359 §3, rule 2)", () => {
  const message = readXml(`
    <message>
      <stanza-id xmlns='urn:xmpp:sid:0' by='a@b.test' id='1'/>
      <stanza-id xmlns='urn:xmpp:sid:0' by='A@B.test' id='2'/>
      <stanza-id xmlns='urn:xmpp:sid:0' by='r@muc.test' id='3'/>
      <stanza-id xmlns='urn:xmpp:sid:0' by='not an address' id='4'/>
      <stanza-id xmlns='urn:xmpp:sid:0' id='5'/>
      <origin-id xmlns='urn:xmpp:sid:0' id='6'/>
      <stanza-id xmlns='urn:example' by='a@b.test' id='7'/>
    </message>`);
  assertEquals(
    withoutStanzaIds(message, new Set(["a@b.test"])).getChildElements().map((child) => child.attrs["id"]),
    ["3", "4", "5", "6", "7"],
  );
});
