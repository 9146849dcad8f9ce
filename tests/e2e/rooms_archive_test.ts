/** Rooms of a real Prosody in the archives of a real Annals: who reads what, what joins show, what kills lose. */
import { assertEquals, assertNotEquals } from "@std/assert";
import { type Archived, archivePage, type ArchiveQuery } from "../support/archive.ts";
import type { Client } from "../support/client.ts";
import type { Element } from "../../src/xml/element.ts";
import { bodies, idOf, onArchivedRooms, settled } from "./archived_rooms_stage.ts";
import { affiliate, configure, featuresOf, hears, join, ROOMS, say, TEA } from "./rooms_stage.ts";

const NS_USER = "http://jabber.org/protocol/muc#user";

/** Real JIDs that messages show. */
function shown(messages: readonly Archived[]): (string | undefined)[] {
  return messages.map(({ message }) => message.getChild("x", NS_USER)?.getChild("item")?.attrs.jid);
}

onArchivedRooms("what was said is there once, in order, under the ids of the live messages", async (scene) => {
  const [alice, bob] = [await scene.enter("alice"), await scene.enter("bob")];
  await join(alice, "Alice");
  await join(bob, "Bob");
  const live: (string | undefined)[] = [];
  for (const body of ["one", "two", "three"]) {
    await alice.send(say(body));
    live.push(idOf(await hears(bob, body)));
  }
  await alice.send(`<message type='groupchat' to='${TEA}' id='s'><subject>Tea</subject></message>`);
  const isSubject = (stanza: Element) => stanza.is("message") && stanza.getChildText("subject") === "Tea";
  live.push(idOf(await bob.receive(isSubject, "the subject")));
  await bob.send(`<message type='chat' to='${TEA}/Alice' id='p'><body>in private</body></message>`);
  await hears(alice, "p");
  const found = await settled(bob);
  assertEquals(bodies(found), ["one", "two", "three", null]);
  assertEquals(found.map(({ id }) => id), live);
  assertEquals(found.map(({ message }) => message.attrs.to), Array(4).fill(undefined));
  assertEquals(found.map(({ message }) => message.attrs.from), Array(4).fill(`${TEA}/Alice`));
  for (const feature of ["urn:xmpp:mam:2", "urn:xmpp:mam:2#extended", "urn:xmpp:sid:0"]) {
    assertEquals((await featuresOf(bob)).includes(feature), true, feature);
  }
  const forward = await archivePage(bob, { to: TEA, page: { max: 2 } });
  const rest = await archivePage(bob, { to: TEA, page: { max: 2, after: forward.last ?? "" } });
  assertEquals([...bodies(forward.messages), ...bodies(rest.messages)], ["one", "two", "three", null]);
  assertEquals(rest.complete, true);
});

onArchivedRooms(
  "real JIDs are shown to those who may see them at the time of the query, and to nobody else",
  async (scene) => {
    const [alice, bob, carol] = [await scene.enter("alice"), await scene.enter("bob"), await scene.enter("carol")];
    await join(alice, "Alice");
    await join(bob, "Bob");
    await join(carol, "Carol");
    // What a sender writes about himself is nothing to go by.
    const forged = `<x xmlns='${NS_USER}'><item jid='victim@example.test' affiliation='owner'/></x>` +
      `<stanza-id xmlns='urn:xmpp:sid:0' by='${TEA}' id='forged'/>`;
    await bob.send(say("one", { more: forged }));
    const heard = await hears(carol, "one");
    assertEquals(heard.getChild("x", NS_USER), undefined);
    assertNotEquals(idOf(heard), "forged");
    assertEquals(shown(await settled(carol)), [undefined]);
    assertEquals(shown(await settled(alice)), [bob.jid]);
    // By the occupant's JID for everybody, by the real one for moderators.
    const withJid = (peer: string): ArchiveQuery => ({ form: { with: peer } });
    assertEquals(bodies(await settled(carol, withJid(`${TEA}/Bob`))), ["one"]);
    assertEquals(bodies(await settled(carol, withJid(`${TEA}/Carol`))), []);
    assertEquals(bodies(await settled(carol, withJid("bob@example.test"))), []);
    assertEquals(bodies(await settled(alice, withJid("bob@example.test"))), ["one"]);
    assertEquals(bodies(await settled(alice, withJid(bob.jid))), ["one"]);
    assertEquals(bodies(await settled(alice, withJid("carol@example.test"))), []);
    await configure(alice, { "muc#roomconfig_whois": "anyone" });
    assertEquals(shown(await settled(carol)), [bob.jid]);
    await configure(alice, { "muc#roomconfig_whois": "moderators" });
    assertEquals(shown(await settled(carol)), [undefined]);
  },
);

onArchivedRooms("who may not enter may not read", async (scene) => {
  const [alice, bob, carol] = [await scene.enter("alice"), await scene.enter("bob"), await scene.enter("carol")];
  await join(alice, "Alice");
  await alice.send(say("one"));
  await hears(alice, "one");
  assertEquals(bodies(await settled(bob)), ["one"]);
  await affiliate(alice, "carol@example.test", "outcast");
  assertEquals((await archivePage(carol, { to: TEA })).error, "forbidden");
  await configure(alice, { "muc#roomconfig_membersonly": "1" });
  assertEquals((await archivePage(bob, { to: TEA })).error, "forbidden");
  await affiliate(alice, "bob@example.test", "member");
  assertEquals(bodies(await settled(bob)), ["one"]);
  assertEquals((await archivePage(bob, { to: `nowhere@${ROOMS}` })).error, "item-not-found");
});

onArchivedRooms("whoever joins after a restart of the server gets the last messages", async (scene) => {
  const alice = await scene.enter("alice");
  await join(alice, "Alice");
  for (const body of ["one", "two", "three"]) {
    await alice.send(say(body));
    await hears(alice, body);
  }
  await settled(alice);
  const from = scene.annals.lines.length;
  await scene.server.restart();
  await scene.annals.event("companion-greeted", { where: { host: ROOMS }, from });
  const bob = await scene.enter("bob");
  const history = bob.collect(
    (stanza) => stanza.is("message") && stanza.getChild("delay") !== undefined,
    (stanza) => stanza.is("message") && stanza.getChild("subject") !== undefined,
    "the history",
  );
  await bob.send(`<presence to='${TEA}/Bob'><x xmlns='http://jabber.org/protocol/muc'/></presence>`);
  const [messages] = await history;
  assertEquals(messages.map((message) => message.getChildText("body")), ["one", "two", "three"]);
}, { restarts: true });

onArchivedRooms("a room whose name is taken again shows nothing of the one before", async (scene) => {
  const [alice, bob] = [await scene.enter("alice"), await scene.enter("bob")];
  await join(alice, "Alice");
  await alice.send(say("of old"));
  await hears(alice, "of old");
  await settled(alice);
  const owner = "http://jabber.org/protocol/muc#owner";
  await alice.request("set", `<query xmlns='${owner}'><destroy/></query>`, TEA);
  await join(bob, "Bob");
  await bob.send(say("anew"));
  await hears(bob, "anew");
  assertEquals(bodies(await settled(bob)), ["anew"]);
});

onArchivedRooms("nothing is lost, doubled or under another id when Annals is killed", async (scene) => {
  const [alice, bob] = [await scene.enter("alice"), await scene.enter("bob")];
  await join(alice, "Alice");
  await join(bob, "Bob");
  const live: (string | undefined)[] = [];
  for (let i = 0; i < 60; i++) {
    await alice.send(say(`m${i}`));
    live.push(idOf(await hears(bob, `m${i}`)));
    if (i % 20 === 10) await scene.annals.kill();
    if (i % 20 === 15) await scene.annals.start();
  }
  await scene.annals.event("companion-greeted", { where: { host: ROOMS } });
  const found = await settled(bob, { page: { max: 100 } });
  const more = await settled(bob, { page: { max: 100, after: found.at(-1)?.id ?? "" } });
  const all = [...found, ...more];
  assertEquals(bodies(all), Array.from({ length: 60 }, (_, i) => `m${i}`));
  assertEquals(all.map(({ id }) => id), live);
});

onArchivedRooms("what its author or a moderator retracts is gone for whoever reads or joins later", async (scene) => {
  const retract = "urn:xmpp:message-retract:1";
  const moderate = "urn:xmpp:message-moderate:1";
  const [alice, bob, carol] = [await scene.enter("alice"), await scene.enter("bob"), await scene.enter("carol")];
  await join(alice, "Alice");
  await join(bob, "Bob");
  await join(carol, "Carol");
  const saidBy = async (client: Client, body: string): Promise<string> => {
    await client.send(say(body));
    return idOf(await hears(client, body)) ?? "";
  };
  const [mine, spam, kept] = [await saidBy(bob, "mine"), await saidBy(bob, "spam"), await saidBy(bob, "kept")];
  const take = (id: string, body: string) => say(body, { more: `<retract xmlns='${retract}' id='${id}'/>` });
  await carol.send(take(kept, "not hers"));
  await hears(carol, "not hers");
  await bob.send(take(mine, "his own"));
  await hears(bob, "his own");
  await settled(alice);
  const answer = await alice.request(
    "set",
    `<moderate xmlns='${moderate}' id='${spam}'><retract xmlns='${retract}'/><reason>off topic</reason></moderate>`,
    TEA,
  );
  assertEquals(answer.attrs.type, "result");
  await bob.receive((stanza) => stanza.getChild("retract", retract)?.attrs.id === spam, "the moderation");
  const fresh = await scene.enter("dave");
  const found = await settled(fresh);
  const tombs = found.map(({ message }) => message.getChild("retracted", retract));
  assertEquals(bodies(found), [null, null, "kept", "not hers", "his own", null]);
  assertEquals(tombs.map((tomb) => tomb?.attrs.id), ["his own", undefined, undefined, undefined, undefined, undefined]);
  const moderated = tombs[1]?.getChild("moderated", moderate);
  assertEquals([moderated?.attrs.by, tombs[1]?.getChildText("reason")], [`${TEA}/Alice`, "off topic"]);
  const history = fresh.collect(
    (stanza) => stanza.is("message") && stanza.getChild("delay") !== undefined,
    (stanza) => stanza.is("message") && stanza.getChild("subject") !== undefined,
    "the history",
  );
  await fresh.send(`<presence to='${TEA}/Dave'><x xmlns='http://jabber.org/protocol/muc'/></presence>`);
  const [messages] = await history;
  const said = messages.map((message) => message.getChildText("body"));
  assertEquals(said.filter((body) => body === "mine" || body === "spam"), []);
});

onArchivedRooms("what is retracted while Annals is away is a tombstone when it is back", async (scene) => {
  const retract = "urn:xmpp:message-retract:1";
  const [alice, bob] = [await scene.enter("alice"), await scene.enter("bob")];
  await join(alice, "Alice");
  await join(bob, "Bob");
  await bob.send(say("before"));
  await hears(alice, "before");
  assertEquals(bodies(await settled(alice)), ["before"]);
  await scene.annals.kill();
  await bob.send(say("secret"));
  const id = idOf(await hears(alice, "secret")) ?? "";
  await bob.send(`<message type='groupchat' to='${TEA}' id='r'><retract xmlns='${retract}' id='${id}'/></message>`);
  await hears(alice, "r");
  await scene.annals.start();
  const found = await settled(alice);
  assertEquals(bodies(found), ["before", null, null]);
  assertEquals([found[1]?.id, found[1]?.message.getChild("retracted", retract)?.attrs.id], [id, "r"]);
});
