import { assertEquals } from "@std/assert";
import type { Client } from "../support/client.ts";
import { entriesOf, type Entry, type ScriptedComponent } from "../support/scripted_component.ts";
import { chat, type ModuleStage, onModule, stanzaIds } from "./module_stage.ts";

const BOB = "bob@example.test";

/** The bodies of entries. */
function bodies(entries: readonly Entry[]): (string | undefined)[] {
  return entries.map(({ text }) => /<body>(.*)<\/body>/.exec(text)?.[1]);
}

/** The ids of entries. */
function ids(entries: readonly Entry[]): (string | undefined)[] {
  return entries.flatMap(({ sent, received }) => [sent, received]);
}

function numbered(count: number): string[] {
  return Array.from({ length: count }, (_, index) => String(index));
}

/** Sends so many messages to bob, and waits until the server has dealt with them. */
async function sendNumbered(client: Client, count: number): Promise<string[]> {
  const sent = numbered(count);
  for (let from = 0; from < count; from += 1_000) {
    await client.send(sent.slice(from, from + 1_000).map((body) => chat(BOB, body)).join(""));
    await client.settle();
  }
  return sent;
}

/** Ends the component's stream, and waits until the module has noticed. */
async function leave(stage: ModuleStage, component: ScriptedComponent): Promise<void> {
  const before = stage.server.lines.length;
  await component[Symbol.asyncDispose]();
  await stage.server.line((line) => line.includes("Annals is away"), before);
}

onModule("what is not acknowledged when the stream ends comes again, the same in the same order", async (stage) => {
  let component = await stage.welcomeAll(["alice", "bob"]);
  const alice = await stage.enter("alice");
  await sendNumbered(alice, 3);
  const [first] = await component.entries(1);
  await alice.send(chat(BOB, "not acknowledged"));
  const lost = entriesOf(await component.told("batch"));
  await leave(stage, component);
  await alice.send(chat(BOB, "while away"));
  await alice.settle();
  component = await stage.welcomeAll(["alice", "bob"]);
  const again = await component.entries(2);
  assertEquals(bodies(again), ["not acknowledged", "while away"]);
  assertEquals(again[0], lost[0]);
  assertEquals(first?.sent === again[0]?.sent, false);
});

onModule(
  "at most 4 batches of at most 256 KiB are on their way, and an acknowledgement lets more go",
  async (stage) => {
    const component = await stage.welcomeAll(["alice", "bob"]);
    const alice = await stage.enter("alice");
    const long = "x".repeat(100_000);
    for (let i = 0; i < 20; i++) await alice.send(chat(BOB, `${i}${long}`));
    await alice.settle();
    const batches = [];
    for (let i = 0; i < 4; i++) batches.push(await component.told("batch"));
    assertEquals(batches.map(({ attrs }) => attrs.seq), ["1", "2", "3", "4"]);
    await alice.settle();
    assertEquals(component.inbox.held.filter((stanza) => stanza.is("message")), []);
    await component.acknowledge(2);
    for (let i = 0; i < 2; i++) batches.push(await component.told("batch"));
    await component.acknowledge(6);
    const taken = batches.flatMap(entriesOf);
    const rest = await component.entries(20 - taken.length);
    assertEquals(bodies([...taken, ...rest]), numbered(20).map((number) => number + long));
    for (const batch of batches) {
      assertEquals(String(batch).length < 256 * 1024 + 2_000 || entriesOf(batch).length === 1, true);
    }
  },
);

onModule("10,000 entries wait for Annals and come in order, over a restart of the server", async (stage) => {
  const alice = await stage.enter("alice");
  const sent = await sendNumbered(alice, 10_000);
  await stage.server.restart();
  const component = await stage.welcome();
  const entries = await component.entries(sent.length);
  assertEquals(bodies(entries), sent);
  assertEquals(new Set(ids(entries)).size, 2 * sent.length);
  const [first] = entries;
  assertEquals([first?.["sent-if"], first?.["received-if"]], ["stranger", "stranger"]);
}, { lua: `modules_disabled = { "s2s"; "tls"; "offline" }` });

onModule("after a restart nothing that was acknowledged comes again", async (stage) => {
  let component = await stage.welcomeAll(["alice", "bob"]);
  let alice = await stage.enter("alice");
  await sendNumbered(alice, 100);
  await component.entries(100);
  await stage.server.restart();
  component = await stage.welcomeAll(["alice", "bob"]);
  alice = await stage.enter("alice");
  await alice.send(chat(BOB, "after"));
  assertEquals(bodies(await component.entries(1)), ["after"]);
});

onModule("a crash of the server costs a few seconds at most of what waits", async (stage) => {
  const alice = await stage.enter("alice");
  const sent = await sendNumbered(alice, 500);
  await stage.stored();
  await stage.server.kill();
  await stage.server.start();
  const component = await stage.welcome();
  assertEquals(bodies(await component.entries(sent.length)), sent);
}, { log: "debug" });

onModule(
  "what is acknowledged is nowhere in the server's storage, also what grew after it was stored",
  async (stage) => {
    const alice = await stage.enter("alice");
    await alice.send(chat(BOB, "stored"));
    await stage.stored();
    // So long that it joins the stored one as soon as the next comes.
    const long = "x".repeat(70_000);
    await alice.send(chat(BOB, long) + chat(BOB, "last"));
    await alice.settle();
    const component = await stage.welcome();
    const before = stage.server.lines.length;
    assertEquals(bodies(await component.entries(3)), ["stored", long, "last"]);
    await stage.server.line((line) => line.includes("Stored what waits for Annals: 0"), before);
    assertEquals((await stage.storedKeys()).filter((key) => /^annals\/\d/.test(key)), []);
  },
  { log: "debug" },
);

onModule("where too many wait the oldest are given up, counted and logged", async (stage) => {
  const alice = await stage.enter("alice");
  const sent = await sendNumbered(alice, 250);
  await stage.server.line((line) => line.includes("Gave up the oldest"));
  const component = await stage.welcome();
  const [batch] = [await component.told("batch")];
  await component.acknowledge(1);
  const first = Number(bodies(entriesOf(batch))[0]);
  const rest = await component.entries(sent.length - first - entriesOf(batch).length);
  assertEquals(bodies([...entriesOf(batch), ...rest]), sent.slice(first));
  assertEquals([first >= 150, first <= 160], [true, true]);
  assertEquals(stage.logged(`Gave up the oldest ${first} messages`), 1);
}, { lua: "annals_max_queue = 100" });

/** Sends long messages, which begin with their numbers. */
async function sendLong(client: Client, numbers: readonly string[], size: number): Promise<void> {
  for (const [at, number] of numbers.entries()) {
    await client.send(chat(BOB, number.padEnd(size, ".")));
    // Prosody reads some megabytes a second: an answer after all of them might come too late.
    if (at % 10 === 9) await client.settle();
  }
  await client.settle();
}

/** The numbers of all long messages from the oldest that waits to the last. */
async function numbersTo(component: ScriptedComponent, last: string): Promise<(string | undefined)[]> {
  const numbers: (string | undefined)[] = [];
  while (numbers.at(-1) !== last) {
    for (const body of bodies(await component.entries(1))) numbers.push(body?.replace(/\.+$/, ""));
  }
  return numbers;
}

onModule(
  "where too many bytes wait the oldest are given up; those in storage count after a restart too",
  async (stage) => {
    const numbers = numbered(60);
    await sendLong(await stage.enter("alice"), numbers.slice(0, 20), 100_000);
    await stage.server.line((line) => line.includes("Gave up the oldest"));
    await stage.server.restart();
    await sendLong(await stage.enter("alice"), numbers.slice(20), 100_000);
    const kept = await numbersTo(await stage.welcome(), "59");
    assertEquals(kept, numbers.slice(-kept.length));
    assertEquals([kept.length > 8, kept.length <= 12], [true, true]);
  },
  { lua: "annals_max_queue_size = 1200 * 1000" },
);

onModule("where the storage fails no more than some 32 MiB wait in memory", async (stage) => {
  const alice = await stage.enter("alice");
  // So that the folder of the store cannot be made.
  await Deno.writeTextFile(`${stage.server.site.folder}/data/example%2etest/annals`, "");
  const numbers = numbered(150);
  await sendLong(alice, numbers, 240_000);
  await stage.server.line((line) => line.includes("Gave up the oldest"));
  const kept = await numbersTo(await stage.welcome(), "149");
  assertEquals(kept, numbers.slice(-kept.length));
  const bytes = kept.length * 240_000;
  assertEquals([bytes > 31 * 1024 * 1024, bytes < 33 * 1024 * 1024], [true, true], `${kept.length}`);
});

onModule("entries wait in a database as well", async (stage) => {
  const alice = await stage.enter("alice");
  const sent = await sendNumbered(alice, 2_000);
  await stage.server.restart();
  const component = await stage.welcome();
  assertEquals(bodies(await component.entries(sent.length)), sent);
}, { lua: `storage = { annals = "sql" }\nsql = { driver = "SQLite3", database = "annals.sqlite" }` });

onModule("nobody's acknowledgement counts but the component's, and none of what was not sent", async (stage) => {
  const component = await stage.welcomeAll(["alice", "bob"]);
  const alice = await stage.enter("alice");
  await sendNumbered(alice, 1);
  const before = entriesOf(await component.told("batch"));
  await alice.send(`<message to='example.test'><ack xmlns='annals:companion' seq='1'/></message>`);
  await alice.settle();
  await component.send(
    `<message from='x@archive.example.test' to='example.test'><ack xmlns='annals:companion' seq='1'/></message>`,
  );
  for (const seq of ["2", "-1", "0", "x", "", "1e999", "nan"]) await component.acknowledge(seq);
  await component.tell("<ack xmlns='annals:companion'/>");
  await leave(stage, component);
  const again = await stage.welcomeAll(["alice", "bob"]);
  assertEquals(await again.entries(1), before);
});

onModule("a message that Annals could not serve is delivered, and neither stamped nor handed over", async (stage) => {
  const component = await stage.welcomeAll(["alice", "bob"]);
  const [alice, bob] = [await stage.enter("alice"), await stage.enter("bob")];
  // Each becomes &gt; on the way.
  const large = ">".repeat(130_000);
  await alice.send(chat(BOB, large));
  assertEquals(stanzaIds(await bob.message(large)), {});
  await alice.send(chat(BOB, "small"));
  assertEquals(bodies(await component.entries(1)), ["small"]);
  assertEquals(stage.logged("it is too large"), 2);
});
