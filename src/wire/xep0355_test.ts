import { assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { canonical } from "../../tests/support/canonical.ts";
import { readXml } from "../../tests/support/codec.ts";
import { StanzaError } from "../xmpp/error.ts";
import { isDelegationNs, NS, NS_1, parseNode, readDelegated, readGrant, writeDelegated } from "./xep0355.ts";

for (const ns of [NS, NS_1] as const) {
  Deno.test(`readGrant() tells what is delegated in ${ns} (§4.2)`, () => {
    const grant = readXml(`
      <delegation xmlns='${ns}'>
        <delegated namespace='urn:xmpp:mam:2'><attribute name='node'/></delegated>
        <delegated namespace='http://jabber.org/protocol/pubsub'/>
        <delegated xmlns='urn:example' namespace='urn:other'/>
      </delegation>`);
    assertEquals(readGrant(grant), ["urn:xmpp:mam:2", "http://jabber.org/protocol/pubsub"]);
  });

  Deno.test(`readDelegated() and writeDelegated() agree in ${ns} (§4.3)`, () => {
    const text = `
      <delegation xmlns='${ns}'>
        <forwarded xmlns='urn:xmpp:forward:0'>
          <iq xmlns='jabber:client' from='juliet@capulet.lit/balcony' id='q1' type='set'>
            <query xmlns='urn:xmpp:mam:2'/>
          </iq>
        </forwarded>
      </delegation>`;
    const iq = readDelegated(readXml(text));
    assertEquals([iq.getName(), iq.attrs["id"]], ["iq", "q1"]);
    assertEquals(canonical(writeDelegated(ns, iq)), canonical(readXml(text)));
  });

  Deno.test(`parseNode() takes the nodes of ${ns} apart (§7.2)`, () => {
    assertEquals(parseNode(`${ns}::urn:xmpp:mam:2`), { ns, namespace: "urn:xmpp:mam:2", bare: false });
    assertEquals(parseNode(`${ns}:bare:urn:xmpp:mam:2`), { ns, namespace: "urn:xmpp:mam:2", bare: true });
  });
}

Deno.test("writeDelegated() says the namespace of the answer", () => {
  assertEquals(
    canonical(writeDelegated(NS, readXml("<iq type='result'/>"))),
    canonical(readXml(`
      <delegation xmlns='urn:xmpp:delegation:2'>
        <forwarded xmlns='urn:xmpp:forward:0'><iq xmlns='jabber:client' type='result'/></forwarded>
      </delegation>`)),
  );
});

Deno.test("readGrant() refuses a delegation of nothing", () => {
  const grant = readXml("<delegation xmlns='urn:xmpp:delegation:2'><delegated/></delegation>");
  assertThrows(() => readGrant(grant), StanzaError, 'Found <delegated/> without the attribute "namespace"');
});

for (
  const [name, text, said] of [
    ["nothing", "", 'Found <delegation/> without <forwarded xmlns="urn:xmpp:forward:0"/>'],
    [
      "a message",
      "<forwarded xmlns='urn:xmpp:forward:0'><message xmlns='jabber:client'/></forwarded>",
      "Found a delegated <message/>, expected <iq/>",
    ],
  ] as const
) {
  Deno.test(`readDelegated() refuses ${name}`, () => {
    const element = readXml(`<delegation xmlns='urn:xmpp:delegation:2'>${text}</delegation>`);
    assertThrows(() => readDelegated(element), StanzaError, said);
  });
}

Deno.test("parseNode() leaves other nodes alone", () => {
  for (
    const node of [
      "",
      "urn:xmpp:delegation:2",
      "urn:xmpp:delegation:2:",
      "urn:xmpp:delegation:2::",
      "urn:xmpp:delegation:2:bare:",
      "urn:xmpp:delegation:2:full:urn:xmpp:mam:2",
      "urn:xmpp:delegation:3::urn:xmpp:mam:2",
      "urn:xmpp:delegation:10::urn:xmpp:mam:2",
    ]
  ) {
    assertStrictEquals(parseNode(node), undefined);
  }
});

Deno.test("isDelegationNs() knows both versions and no other", () => {
  assertEquals([NS, NS_1, "urn:xmpp:delegation:3", undefined].map(isDelegationNs), [true, true, false, false]);
});
