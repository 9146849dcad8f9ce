import { assertEquals, assertStrictEquals } from "@std/assert";
import { canonical } from "../../tests/support/canonical.ts";
import { readXml } from "../../tests/support/codec.ts";
import { serialize } from "../xml/writer.ts";
import { describeMessage, type MessageTraits, withoutNamespaces, withoutStanzaIds } from "./message.ts";

const PLAIN: MessageTraits = {
  type: "normal",
  store: false,
  noStore: false,
  noPermanentStore: false,
};

const children: readonly [name: string, xml: string, traits: Partial<MessageTraits>][] = [
  ["nothing", "", {}],
  ["a thread", "<thread>t1</thread><thread>t2</thread>", { thread: "t1" }],
  ["store (XEP-0334 §4.4)", "<store xmlns='urn:xmpp:hints'/>", { store: true }],
  ["no-store (XEP-0334 §4.2)", "<no-store xmlns='urn:xmpp:hints'/>", { noStore: true }],
  ["no-permanent-store (XEP-0334 §4.1)", "<no-permanent-store xmlns='urn:xmpp:hints'/>", { noPermanentStore: true }],
  ["no-copy (XEP-0334 §4.3)", "<no-copy xmlns='urn:xmpp:hints'/>", {}],
  ["a hint with a prefix", "<h:no-store xmlns:h='urn:xmpp:hints'/>", { noStore: true }],
  ["a hint of no namespace", "<no-store xmlns=''/>", {}],
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
];

for (const [name, text, traits] of children) {
  for (const xmlns of ["", " xmlns='jabber:client'"]) {
    Deno.test(`describeMessage() sees ${name}${xmlns && " in jabber:client"}`, () => {
      assertEquals(describeMessage(readXml(`<message${xmlns}>${text}</message>`)), { ...PLAIN, ...traits });
    });
  }
}

Deno.test("describeMessage() sees the children of a forwarded message that says no namespace", () => {
  const [message] = readXml(
    "<forwarded xmlns='urn:xmpp:forward:0'><message><store xmlns='urn:xmpp:hints'/></message></forwarded>",
  ).getChildren(
    "message",
  );
  assertEquals(message && describeMessage(message), { ...PLAIN, store: true });
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
  assertStrictEquals(withoutStanzaIds(message, ["c@d"]), message);
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
    withoutStanzaIds(message, ["a@b.test"]).getChildElements().map((child) => child.attrs["id"]),
    ["3", "4", "5", "6", "7"],
  );
});
