import { assertEquals } from "@std/assert";
import { readXml } from "../support/codec.ts";
import { stanzaIds } from "./module_stage.ts";
import { handed, hears, join, onRooms, ROOMS, say, TEA } from "./rooms_stage.ts";

const MUC_USER = "http://jabber.org/protocol/muc#user";

onRooms("a message carries the id under which it is handed over, and what is known of its sender", async (stage) => {
  const component = await stage.welcome();
  const [alice, bob] = [await stage.enter("alice"), await stage.enter("bob")];
  await join(alice, "Alice");
  await join(bob, "Bob");
  await bob.send(say("hello"));
  const heard = await hears(alice, "hello");
  const [entry, ...more] = await handed(component, 1);
  assertEquals(more, []);
  assertEquals([entry?.jid, entry?.affiliation, entry?.role], [bob.jid, "none", "participant"]);
  assertEquals(stanzaIds(heard), { [TEA]: entry?.room });
  const message = readXml(entry?.text ?? "");
  assertEquals([message.attrs.from, message.attrs.to, message.attrs.type], [`${TEA}/Bob`, undefined, "groupchat"]);
  assertEquals(message.getChild("occupant-id", "urn:xmpp:occupant-id:0")?.attrs.id, entry?.["occupant-id"]);
  assertEquals(stanzaIds(message), {});
});

onRooms("the greeting says that the host has rooms", async (stage) => {
  const component = await stage.connect();
  const { attrs: { from } } = await component.greeting();
  assertEquals(from, ROOMS);
});

const FORGED = `<stanza-id xmlns='urn:xmpp:sid:0' by='${TEA}' id='forged'/>` +
  `<x xmlns='${MUC_USER}'><item jid='carol@example.test/x'/></x>`;

for (const [what, lua] of [["archived", ""], ["not archived", "  muc_log_by_default = false\n"]] as const) {
  onRooms(`ids and senders that somebody forges are taken out of a room that is ${what}`, async (stage) => {
    const component = await stage.welcome();
    const alice = await stage.enter("alice");
    await join(alice, "Alice");
    await alice.send(say("forged", { more: FORGED }));
    const heard = await hears(alice, "forged");
    assertEquals(heard.getChild("x", MUC_USER), undefined);
    assertEquals(Object.values(stanzaIds(heard)).includes("forged"), false);
    if (lua !== "") return assertEquals(stanzaIds(heard), {});
    const [entry] = await handed(component, 1);
    assertEquals(readXml(entry?.text ?? "").getChild("x", MUC_USER), undefined);
  }, { lua });
}
