import { assertEquals, assertMatch, assertNotEquals } from "@std/assert";
import { readXml } from "../support/codec.ts";
import type { Client } from "../support/client.ts";
import type { Element } from "../../src/xml/element.ts";
import type { ScriptedComponent } from "../support/scripted_component.ts";
import { stanzaIds } from "./module_stage.ts";
import {
  asked,
  configure,
  featuresOf,
  type Handed,
  handed,
  hears,
  join,
  next,
  onRooms,
  ROOMS,
  say,
  take,
  TEA,
  welcomeRooms,
} from "./rooms_stage.ts";

const QUERY = "<query xmlns='urn:xmpp:mam:2' queryid='q'/>";
const OWNER = "http://jabber.org/protocol/muc#owner";

/** Bodies of what was handed over. */
function bodies(entries: readonly Handed[]): (string | null)[] {
  return entries.map(({ text }) => readXml(text).getChildText("body"));
}

/** Leaves a room, and waits until it has. */
async function leave(client: Client, nick: string, room = TEA): Promise<void> {
  await client.send(`<presence to='${room}/${nick}' type='unavailable'/>`);
  await client.receive(
    ({ attrs }) => attrs.from === `${room}/${nick}` && attrs.type === "unavailable",
    "its own leaving",
  );
}

async function destroy(client: Client, room = TEA): Promise<void> {
  const { attrs: { type } } = await client.request("set", `<query xmlns='${OWNER}'><destroy/></query>`, room);
  assertEquals(type, "result");
}

/** Statuses that a room tells its occupants. */
async function statuses(client: Client): Promise<string[]> {
  const told = await client.receive(
    (stanza) => stanza.is("message") && stanza.getChild("x", "http://jabber.org/protocol/muc#user") !== undefined,
    "a status of the room",
  );
  const x = told.getChild("x", "http://jabber.org/protocol/muc#user");
  return (x?.getChildren("status") ?? []).map(({ attrs }) => attrs.code ?? "").sort();
}

onRooms("a room of a new name begins without an archive", async (stage) => {
  const component = await stage.welcome();
  const alice = await stage.enter("alice");
  await join(alice, "Alice");
  await alice.send(say("one") + say("two"));
  const { entries, deleted } = await take(component, 2);
  assertEquals([deleted, bodies(entries)], [["tea"], ["one", "two"]]);
});

onRooms("until the archive of the last room of a name is deleted, requests have to wait", async (stage) => {
  const component = await stage.welcome();
  const alice = await stage.enter("alice");
  await join(alice, "Alice");
  await configure(alice, { "muc#roomconfig_persistentroom": "1" });
  await alice.send(say("old"));
  assertEquals((await take(component, 1)).deleted, ["tea"]);
  await destroy(alice);
  const { gone } = await next(component);
  assertEquals(gone?.attrs.room, "tea");
  await join(alice, "Alice");
  await alice.send(say("new"));
  const refused = await alice.request("set", QUERY, TEA);
  assertEquals(refused.getChild("error")?.attrs.type, "wait");
  await component.acknowledge(gone?.attrs.seq ?? "");
  // The new room's own beginning was the same deletion.
  const { entries, deleted } = await take(component, 1);
  assertEquals([bodies(entries), deleted], [["new"], []]);
  await alice.send(`<iq type='set' id='again' to='${TEA}'>${QUERY}</iq>`);
  assertEquals((await asked(component)).iq.attrs.id, "again");
}, { lua: "  muc_tombstones = false\n" });

onRooms(
  "a room that is not persistent goes with its last occupant, and one without messages costs nothing",
  async (stage) => {
    const component = await stage.welcome();
    const alice = await stage.enter("alice");
    for (const room of [`quiet@${ROOMS}`, TEA]) {
      await join(alice, "Alice", { room });
      if (room === TEA) await alice.send(say("one"));
      await leave(alice, "Alice", room);
    }
    const { deleted } = await take(component, 1);
    const { gone } = await next(component);
    assertEquals([deleted, gone?.attrs.room], [["tea"], "tea"]);
  },
);

onRooms("a room keeps its archive when the server is started again", async (stage) => {
  const component = await stage.welcome();
  let alice = await stage.enter("alice");
  await join(alice, "Alice");
  await configure(alice, { "muc#roomconfig_persistentroom": "1" });
  await alice.send(say("one"));
  assertEquals((await take(component, 1)).deleted, ["tea"]);
  await component.settle();
  await stage.server.kill();
  await stage.server.start();
  const again = await stage.welcome();
  alice = await stage.enter("alice");
  const joining = join(alice, "Alice");
  await again.answer(await again.asked("recent"), "<recent xmlns='annals:companion' room='tea'/>");
  await joining;
  await alice.send(say("two"));
  const { entries, deleted } = await take(again, 1);
  assertEquals([bodies(entries), deleted], [["two"], []]);
});

onRooms(
  "messages wait for Annals, over a restart of the server, under the ids that their room gave them",
  async (stage) => {
    let alice = await stage.enter("alice");
    await join(alice, "Alice");
    await configure(alice, { "muc#roomconfig_persistentroom": "1" });
    const live: (string | undefined)[] = [];
    for (let i = 0; i < 20; i++) {
      await alice.send(say(`m${i}`));
      live.push(stanzaIds(await hears(alice, `m${i}`))[TEA]);
    }
    await stage.server.restart();
    const component = await stage.welcome();
    const { entries, deleted } = await take(component, 20);
    assertEquals(deleted, ["tea"]);
    assertEquals(entries.map(({ room }) => room), live);
    assertEquals(entries.map(({ judge }) => judge), Array(20).fill("true"));
    alice = await stage.enter("alice");
    const joining = join(alice, "Alice");
    await component.answer(await component.asked("recent"), "<recent xmlns='annals:companion' room='tea'/>");
    await joining;
  },
);

onRooms("archives whose rooms are gone are reported when they have been missed for long enough", async (stage) => {
  const component = await stage.connect();
  const alice = await stage.enter("alice");
  await join(alice, "Alice");
  await configure(alice, { "muc#roomconfig_persistentroom": "1" });
  await welcomeRooms(component, {}, ["gone", "tea"]);
  await answerArchives(component, []); // the end of the list
  for (let looks = 0; looks < 2; looks++) {
    await answerArchives(component, ["gone", "tea"]);
    await answerArchives(component, []);
  }
  const { gone } = await next(component);
  assertEquals(gone?.attrs.room, "gone");
}, { lua: "  annals_check_interval = 1\n" });

async function answerArchives(component: ScriptedComponent, rooms: readonly string[]): Promise<void> {
  const items = rooms.map((room) => `<archive room='${room}'/>`).join("");
  await component.answer(await component.asked("archives"), `<archives xmlns='annals:companion'>${items}</archives>`);
}

onRooms("the owner says if a room is archived, in the field that muc_mam has, and everybody is told", async (stage) => {
  await stage.welcome();
  const alice = await stage.enter("alice");
  await join(alice, "Alice");
  assertEquals((await featuresOf(alice)).includes("urn:xmpp:mam:2"), true);
  await configure(alice, { "muc#roomconfig_enablearchiving": "0" });
  assertEquals(await statuses(alice), ["171"]);
  await alice.send(say("unarchived"));
  assertEquals(stanzaIds(await hears(alice, "unarchived")), {});
  await configure(alice, { "muc#roomconfig_enablearchiving": "1" });
  assertEquals(await statuses(alice), ["170"]);
  await alice.send(say("archived"));
  assertMatch(stanzaIds(await hears(alice, "archived"))[TEA] ?? "", /^[\w-]{22}$/);
});

onRooms("the owner says how long a room's messages are archived, within what the operator allows", async (stage) => {
  const component = await stage.welcome({ retention: 30 * 86_400 });
  const alice = await stage.enter("alice");
  await join(alice, "Alice");
  const field = "{annals:companion}expires_after_days";
  for (const [days, seconds] of [["7", "604800"], ["400", "2592000"], ["", undefined]] as const) {
    await configure(alice, { [field]: days });
    const { attrs } = await component.told("retention");
    assertEquals([attrs.room, attrs.seconds], ["tea", seconds]);
    assertEquals(await statuses(alice), ["104"]);
  }
});

onRooms("Annals is told again how long a room's messages are kept, where it has missed that", async (stage) => {
  const alice = await stage.enter("alice");
  await join(alice, "Alice");
  await configure(alice, { "{annals:companion}expires_after_days": "7", "muc#roomconfig_persistentroom": "1" });
  const component = await stage.connect();
  await welcomeRooms(component, {}, ["tea"]);
  const { attrs } = await component.told("retention");
  assertEquals([attrs.room, attrs.seconds], ["tea", "604800"]);
});

/** Answers of an Annals that does not know rooms. */
const OLDER: readonly [what: string, reply: (component: ScriptedComponent, greeting: Element) => Promise<void>][] = [
  ["refuses", (component, greeting) => component.refuse(greeting, "forbidden", "Only a server that it serves")],
  ["answers as for accounts", (component, greeting) =>
    component.answer(
      greeting,
      "<greeting xmlns='annals:companion' version='1' newest='0'><settings policy='true'/></greeting>",
    )],
];

for (const [what, reply] of OLDER) {
  onRooms(`where Annals ${what}, nothing is archived, and one line says so`, async (stage) => {
    const component = await stage.connect();
    const alice = await stage.enter("alice");
    await join(alice, "Alice");
    for (let times = 0; times < 2; times++) {
      await reply(component, await component.greeting());
      await component.settle();
      await alice.send(say(`m${times}`));
      assertEquals(stanzaIds(await hears(alice, `m${times}`)), {});
    }
    assertEquals((await featuresOf(alice)).includes("urn:xmpp:mam:2"), false);
    assertEquals(stage.logged("Annals does not archive these rooms"), 1);
    await welcomeRooms(component);
    await alice.send(say("after"));
    assertNotEquals(stanzaIds(await hears(alice, "after")), {});
    assertEquals(bodies(await handed(component, 1)), ["after"]);
  }, { lua: "  annals_request_timeout = 1\n" });
}

onRooms("mod_muc_mam makes way", async (stage) => {
  await stage.server.line((line) => line.includes("mod_muc_mam is unloaded"));
  await stage.welcome();
}, { lua: `  modules_enabled = { "muc_mam", "annals" }\n` });

onRooms("the component's section may name the rooms", async (stage) => {
  const component = await stage.welcome();
  const alice = await stage.enter("alice");
  await join(alice, "Alice");
  await alice.send(say("one"));
  assertEquals(bodies(await handed(component, 1)), ["one"]);
}, { fromComponent: true });

onRooms("where all rooms are archived, their owners have no say in it", async (stage) => {
  await stage.welcome();
  const alice = await stage.enter("alice");
  await join(alice, "Alice");
  await configure(alice, { "muc#roomconfig_enablearchiving": "0" });
  await alice.send(say("archived"));
  assertNotEquals(stanzaIds(await hears(alice, "archived")), {});
}, { lua: "  muc_log_all_rooms = true\n" });

onRooms("a room keeps what its owner said of its archive when Annals takes over from mod_muc_mam", async (stage) => {
  const alice = await stage.enter("alice");
  await join(alice, "Alice");
  await configure(alice, { "muc#roomconfig_persistentroom": "1", "muc#roomconfig_enablearchiving": "1" });
  const stored = await Deno.readTextFile(
    `${stage.server.site.folder}/data/${ROOMS.replaceAll(".", "%2e")}/config/tea.dat`,
  );
  assertMatch(stored, /\["archiving"\] = true/);
}, { lua: "  muc_log_by_default = false\n" });

onRooms("a room whose server forgot that it has an archive is another's: the archive goes", async (stage) => {
  const component = await stage.welcome();
  let alice = await stage.enter("alice");
  await join(alice, "Alice");
  await configure(alice, { "muc#roomconfig_persistentroom": "1" });
  await alice.send(say("one"));
  await handed(component, 1);
  await component.settle();
  await stage.server.stop();
  // As if it was destroyed, and made again, while the module was not loaded.
  const file = `${stage.server.site.folder}/data/${ROOMS.replaceAll(".", "%2e")}/config/tea.dat`;
  const config = await Deno.readTextFile(file);
  assertMatch(config, /annals_is_marked/);
  await Deno.writeTextFile(file, config.replace(/\["annals_is_marked"\] = true;?/, ""));
  await stage.server.start();
  const again = await stage.welcome();
  alice = await stage.enter("alice");
  await join(alice, "Alice");
  await alice.send(say("two"));
  assertEquals((await take(again, 1)).deleted, ["tea"]);
});
