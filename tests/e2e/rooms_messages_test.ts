import { assertEquals } from "@std/assert";
import { readXml } from "../support/codec.ts";
import type { Element } from "../../src/xml/element.ts";
import { stanzaIds } from "./module_stage.ts";
import { answer, asked, configure, type Handed, handed, hears, join, onRooms, say, take, TEA } from "./rooms_stage.ts";

const QUERY = "<query xmlns='urn:xmpp:mam:2' queryid='q'/>";

/** Ids of the messages that were handed over. */
function ids(entries: readonly Handed[]): (string | undefined)[] {
  return entries.map(({ text }) => readXml(text).attrs.id);
}

/** A message to the room without a body. */
function bare(id: string, payload: string): string {
  return `<message type='groupchat' to='${TEA}' id='${id}'>${payload}</message>`;
}

const STORE = "<store xmlns='urn:xmpp:hints'/>";
const COMPOSING = "<composing xmlns='http://jabber.org/protocol/chatstates'/>";

/** Messages to a room, by their ids, and whether they are archived. */
const MESSAGES: readonly [id: string, message: string, isKept: boolean][] = [
  ["body", say("body"), true],
  ["no-store", say("no-store", { more: "<no-store xmlns='urn:xmpp:hints'/>" }), false],
  ["no-permanent-store", say("no-permanent-store", { more: "<no-permanent-store xmlns='urn:xmpp:hints'/>" }), false],
  ["typing", bare("typing", COMPOSING), false],
  ["typing, with a hint", bare("typing, with a hint", COMPOSING + STORE), true],
  [
    "reaction",
    bare("reaction", "<reactions xmlns='urn:xmpp:reactions:0' id='x'><reaction>+</reaction></reactions>"),
    true,
  ],
  ["retraction", bare("retraction", "<retract xmlns='urn:xmpp:message-retract:1' id='x'/>"), true],
  ["encrypted", bare("encrypted", "<encrypted xmlns='eu.siacs.conversations.axolotl'/>"), true],
  ["marker", bare("marker", "<displayed xmlns='urn:xmpp:chat-markers:0' id='x'/>"), true],
  ["something", bare("something", "<thing xmlns='urn:example:thing'/>"), false],
];

onRooms("what makes a message conversation is archived, and nothing else carries an id", async (stage) => {
  const component = await stage.welcome();
  const alice = await stage.enter("alice");
  await join(alice, "Alice");
  const stamped: string[] = [];
  for (const [id, message] of MESSAGES) {
    await alice.send(message);
    if (TEA in stanzaIds(await hears(alice, id))) stamped.push(id);
  }
  const kept = MESSAGES.filter(([, , isKept]) => isKept).map(([id]) => id);
  assertEquals(ids(await handed(component, kept.length)), kept);
  assertEquals(stamped, kept);
});

onRooms("a change of the subject is archived, under the occupant who made it", async (stage) => {
  const component = await stage.welcome();
  const alice = await stage.enter("alice");
  await join(alice, "Alice");
  await alice.send(`<message type='groupchat' to='${TEA}'><subject>Tea</subject></message>`);
  const live = await alice.receive((stanza) => stanza.getChildText("subject") === "Tea", "the subject");
  const [entry] = await handed(component, 1);
  const message = readXml(entry?.text ?? "");
  assertEquals([message.attrs.from, message.getChildText("subject")], [`${TEA}/Alice`, "Tea"]);
  assertEquals([entry?.room, entry?.jid], [stanzaIds(live)[TEA], alice.jid]);
});

onRooms("private messages, and those that the room refuses, are in no archive", async (stage) => {
  const component = await stage.welcome();
  const [alice, bob] = [await stage.enter("alice"), await stage.enter("bob")];
  await join(alice, "Alice");
  await configure(alice, { "muc#roomconfig_moderatedroom": "1" });
  await join(bob, "Bob");
  await alice.send(`<message type='chat' to='${TEA}/Bob' id='private'><body>psst</body></message>`);
  const heard = await hears(bob, "private");
  await bob.send(say("refused"));
  assertEquals((await hears(bob, "refused")).attrs.type, "error");
  await alice.send(say("public"));
  assertEquals(stanzaIds(heard), {});
  assertEquals(ids(await handed(component, 1)), ["public"]);
});

onRooms("entries come in the order in which the room broadcast them", async (stage) => {
  const component = await stage.welcome();
  const people = await Promise.all(["alice", "bob", "carol"].map((user) => stage.enter(user)));
  for (const [at, person] of people.entries()) await join(person, `n${at}`);
  await Promise.all(
    people.map(async (person, at) => {
      for (let i = 0; i < 50; i++) await person.send(say(`${at}-${i}`));
    }),
  );
  const entries = await handed(component, 150);
  const numbers = entries.map(({ room }) => room ?? "");
  assertEquals(new Set(numbers).size, 150);
  const [watcher] = people;
  await watcher?.settle();
  const heard = (watcher?.drain() ?? []).filter((stanza) => stanza.getChild("body") !== undefined);
  assertEquals(ids(entries), heard.map(({ attrs }) => attrs.id));
  assertEquals(numbers, heard.map((message) => stanzaIds(message)[TEA]));
});

onRooms("a query that Annals does not answer holds up nobody in the room", async (stage) => {
  const component = await stage.welcome();
  const [alice, bob] = [await stage.enter("alice"), await stage.enter("bob")];
  await join(alice, "Alice");
  await join(bob, "Bob");
  await alice.send(say("before"));
  await take(component, 1);
  await bob.send(`<iq type='set' id='slow' to='${TEA}'>${QUERY}</iq>`);
  const request = await asked(component);
  await alice.send(say("meanwhile"));
  await hears(bob, "meanwhile");
  await bob.send(say("also"));
  await hears(alice, "also");
  await answer(component, request, "<fin xmlns='urn:xmpp:mam:2'/>");
  await bob.receive(({ attrs }) => attrs.id === "slow", "the answer");
});

/** A page with one message. */
function page(request: Element, to: string): string {
  const message = `<message from='${TEA}' to='${to}'><result xmlns='urn:xmpp:mam:2' queryid='q' id='1'>` +
    `<forwarded xmlns='urn:xmpp:forward:0'><delay xmlns='urn:xmpp:delay' stamp='2026-11-22T18:00:00Z'/>` +
    `<message xmlns='jabber:client' from='${TEA}/Alice' type='groupchat'><body>kept</body></message>` +
    `</forwarded></result></message>`;
  return `<page xmlns='annals:companion' request='${request.attrs.id}' sizes='${message.length}'>` +
    `<![CDATA[${message}]]></page>`;
}

onRooms("a page goes to the session that asked", async (stage) => {
  const component = await stage.welcome();
  const alice = await stage.enter("alice");
  await join(alice, "Alice");
  await alice.send(say("begun"));
  await take(component, 1);
  await alice.send(`<iq type='set' id='mine' to='${TEA}'>${QUERY}</iq>`);
  const request = await asked(component);
  await component.tell(page(request.request, alice.jid));
  await answer(component, request, "<fin xmlns='urn:xmpp:mam:2' complete='true'/>");
  const [[result], last] = await alice.collect(
    (stanza) => stanza.getChild("result", "urn:xmpp:mam:2") !== undefined,
    (stanza) => stanza.attrs.id === "mine",
    "a page",
  );
  assertEquals([result?.attrs.from, result?.attrs.to, last.attrs.from], [TEA, alice.jid, TEA]);
  const kept = result?.getChild("result")?.getChild("forwarded")?.getChild("message", "jabber:client");
  assertEquals(kept?.getChildText("body"), "kept");
});

onRooms("a page goes to somebody who has no session here, too", async (stage) => {
  const component = await stage.welcome();
  const alice = await stage.enter("alice");
  await join(alice, "Alice");
  await alice.send(say("begun"));
  await take(component, 1);
  const remote = "dave@archive.example.test/desk";
  await component.send(`<iq type='set' id='far' from='${remote}' to='${TEA}'>${QUERY}</iq>`);
  const request = await asked(component);
  assertEquals([request.iq.attrs.from, request.mark.archive, request.mark.jids], [remote, "room", undefined]);
  await component.tell(page(request.request, remote));
  await answer(component, request, "<fin xmlns='urn:xmpp:mam:2' complete='true'/>");
  const result = await component.hear(
    (stanza) => stanza.getChild("result", "urn:xmpp:mam:2") !== undefined,
    "a result",
  );
  assertEquals([result.attrs.from, result.attrs.to], [TEA, remote]);
  const last = await component.hear(({ attrs }) => attrs.id === "far", "the answer");
  assertEquals([last.attrs.type, last.getChild("fin", "urn:xmpp:mam:2")?.attrs.complete], ["result", "true"]);
});
