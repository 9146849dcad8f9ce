import { assertEquals } from "@std/assert";
import { canonical } from "../../tests/support/canonical.ts";
import { readXml } from "../../tests/support/codec.ts";
import { type Grant, isPrivilegeNs, NS, NS_1, readGrant, writePrivileged } from "./xep0356.ts";

const grants: readonly [name: string, xml: string, grant: Grant][] = [
  ["nothing", "<privilege xmlns='urn:xmpp:privilege:2'/>", {}],
  [
    "what Prosody's module says (§6.2)",
    `<privilege xmlns='urn:xmpp:privilege:2'>
      <perm access='roster' type='both' push='true'/>
      <perm access='message' type='outgoing'/>
      <perm access='presence' type='managed_entity'/>
      <perm access='iq'>
        <namespace ns='http://jabber.org/protocol/pubsub' type='set'/>
        <namespace ns='urn:xmpp:mam:2' type='both'/>
      </perm>
    </privilege>`,
    {
      roster: "both",
      message: "outgoing",
      presence: "managed_entity",
      iq: new Map([["http://jabber.org/protocol/pubsub", "set"], ["urn:xmpp:mam:2", "both"]]),
    },
  ],
  [
    "what ejabberd says where it grants little",
    `<privilege xmlns='urn:xmpp:privilege:1'>
      <perm access='roster' type='none'/>
      <perm access='message' type='outgoing'/>
      <perm access='presence' type='none'/>
      <perm access='iq' type='none'/>
    </privilege>`,
    { roster: "none", message: "outgoing", presence: "none", iq: new Map() },
  ],
  [
    "what is not known yet",
    `<privilege xmlns='urn:xmpp:privilege:2'>
      <perm/>
      <perm access='files' type='read'/>
      <perm access='roster' type='some'/>
      <perm access='message' type='incoming'/>
      <perm access='presence'/>
      <perm access='iq'><namespace type='set'/><namespace ns='urn:example'/></perm>
      <perm xmlns='urn:example' access='roster' type='both'/>
    </privilege>`,
    { iq: new Map() },
  ],
];

for (const [name, text, grant] of grants) {
  Deno.test(`readGrant() reads ${name}`, () => {
    assertEquals(readGrant(readXml(text)), grant);
  });
}

for (const ns of [NS, NS_1] as const) {
  Deno.test(`writePrivileged() wraps a message in ${ns} (§5.3)`, () => {
    assertEquals(
      canonical(
        writePrivileged(ns, readXml("<message from='a@example.test' to='b@example.org'><body>x</body></message>")),
      ),
      canonical(readXml(`
        <privilege xmlns='${ns}'>
          <forwarded xmlns='urn:xmpp:forward:0'>
            <message xmlns='jabber:client' from='a@example.test' to='b@example.org'><body>x</body></message>
          </forwarded>
        </privilege>`)),
    );
  });
}

Deno.test("isPrivilegeNs() knows both versions and no other", () => {
  assertEquals([NS, NS_1, "urn:xmpp:privilege:3", undefined].map(isPrivilegeNs), [true, true, false, false]);
});
