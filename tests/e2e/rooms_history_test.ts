import { assertEquals } from "@std/assert";
import type { Client } from "../support/client.ts";
import type { ScriptedComponent } from "../support/scripted_component.ts";
import { stanzaIds } from "./module_stage.ts";
import { configure, hears, join, onRooms, ROOMS, type RoomStage, say, take, TEA } from "./rooms_stage.ts";

/** An archive id that is made for a test. */
function id(number: number): string {
  return `AAMqAAAAAAAAAAAAAAAA${String(number).padStart(2, "0")}`;
}

const FIRST = Date.UTC(2026, 10, 22, 18);

/** Messages of an archive, a minute apart, oldest first. */
function recent(bodies: readonly string[]): string {
  const entries = bodies.map((body, at) =>
    `<entry at='${FIRST + at * 60_000}' room='${id(at)}'>` +
    `&lt;message xmlns='jabber:client' type='groupchat' id='${body}' from='${TEA}/Bob'>` +
    `&lt;body>${body}&lt;/body>&lt;/message></entry>`
  );
  return `<recent xmlns='annals:companion' room='tea'>${entries.join("")}</recent>`;
}

/** Makes a room that stays, and starts the server again. */
async function restarted(stage: RoomStage): Promise<void> {
  const alice = await stage.enter("alice");
  await join(alice, "Alice");
  await configure(alice, { "muc#roomconfig_persistentroom": "1" });
  const component = await stage.welcome();
  await alice.send(say("begun"));
  await take(component, 1);
  await component.settle();
  await stage.server.restart();
}

/** Joins, and lists the messages that came before the subject. */
async function history(client: Client, nick: string, more = ""): Promise<(string | undefined)[]> {
  await join(client, nick, { more });
  return client.drain().filter((stanza) => stanza.is("message") && stanza.getChild("body") !== undefined)
    .map(({ attrs }) => attrs.id);
}

/** Answers the question for the newest messages while somebody joins. */
async function answering<T>(component: ScriptedComponent, bodies: readonly string[], joining: Promise<T>): Promise<T> {
  const question = await component.asked("recent");
  assertEquals(question.getChild("recent")?.attrs.room, "tea");
  await component.answer(question, recent(bodies));
  return await joining;
}

onRooms("whoever joins after a restart gets the last messages from the archive, stamped and dated", async (stage) => {
  await restarted(stage);
  const component = await stage.welcome();
  const alice = await stage.enter("alice");
  const joining = alice.send(`<presence to='${TEA}/Alice'><x xmlns='http://jabber.org/protocol/muc'/></presence>`);
  const messages = await answering(component, ["a", "b", "c"], joining).then(() =>
    alice.collect(
      (stanza) => stanza.is("message") && stanza.getChild("body") !== undefined,
      (stanza) => stanza.is("message") && stanza.getChild("subject") !== undefined,
      "the history",
    )
  );
  // The last one is the server's own memory of the room.
  assertEquals(messages[0].map(({ attrs }) => attrs.id), ["a", "b", "c", "begun"]);
  const [first] = messages[0];
  assertEquals(stanzaIds(first ?? messages[1]), { [TEA]: id(0) });
  const delay = first?.getChild("delay", "urn:xmpp:delay");
  assertEquals([delay?.attrs.from, delay?.attrs.stamp], [TEA, "2026-11-22T18:00:00Z"]);
  assertEquals([first?.attrs.to, first?.attrs.from], [alice.jid, `${TEA}/Bob`]);
});

/** Limits of who joins (XEP-0045 §7.2.14), and what is left of a, b, c, begun. */
const LIMITS: readonly [limit: string, expected: readonly string[]][] = [
  ["maxstanzas='2'", ["c", "begun"]],
  ["maxstanzas='0'", []],
  ["since='2026-11-22T18:01:00Z'", ["b", "c", "begun"]],
  ["seconds='60'", ["begun"]],
  ["maxchars='0'", []],
];

onRooms("whoever joins is shown no more of it than was asked for", async (stage) => {
  await restarted(stage);
  const component = await stage.welcome();
  const alice = await stage.enter("alice");
  await answering(component, ["a", "b", "c"], history(alice, "Alice"));
  for (const [at, [limit, expected]] of LIMITS.entries()) {
    const bob = await stage.enter("bob");
    assertEquals([limit, await history(bob, `Bob${at}`, `<history ${limit}/>`)], [limit, expected]);
  }
});

onRooms(
  "where Annals says nothing, whoever joins does not wait for good, and gets what there is",
  async (stage) => {
    await restarted(stage);
    await stage.welcome();
    const alice = await stage.enter("alice");
    assertEquals(await history(alice, "Alice"), ["begun"]);
  },
);

onRooms("whoever joins before Annals has come back gets the last messages, if it comes soon", async (stage) => {
  await restarted(stage);
  const alice = await stage.enter("alice");
  const joining = history(alice, "Alice");
  const component = await stage.welcome();
  await answering(component, ["a"], joining).then((found) => {
    // A second may be over by then.
    assertEquals([["a", "begun"], ["begun"]].some((each) => each.join() === found.join()), true);
  });
});

onRooms("what comes while the archive is asked comes after what is in it", async (stage) => {
  await restarted(stage);
  const component = await stage.welcome();
  const alice = await stage.enter("alice");
  await join(alice, "Alice"); // in vain
  await alice.send(say("live"));
  await hears(alice, "live");
  await component.answer(await component.asked("recent"), recent(["a", "b"]));
  await component.settle();
  const bob = await stage.enter("bob");
  assertEquals(await history(bob, "Bob"), ["a", "b", "begun", "live"]);
});

onRooms(
  "a room that the server has put aside keeps its archive, and is asked for only when somebody joins",
  async (stage) => {
    const component = await stage.welcome();
    const [alice, bob] = [await stage.enter("alice"), await stage.enter("bob")];
    const coffee = `coffee@${ROOMS}`;
    for (const room of [TEA, coffee]) await join(alice, "Alice", { room });
    for (let i = 0; i < 3; i++) {
      for (const room of [TEA, coffee]) {
        await alice.send(say(`${room}-${i}`, { room }));
        await hears(alice, `${room}-${i}`);
      }
    }
    assertEquals((await take(component, 6)).deleted.toSorted(), ["coffee", "tea"]);
    assertEquals(component.inbox.held.filter((stanza) => stanza.getChild("recent") !== undefined), []);
    const found = await answering(component, ["a", "b"], history(bob, "Bob"));
    assertEquals(found, ["a", "b", `${TEA}-2`]);
  },
  { lua: "  muc_room_cache_size = 1\n" },
);
