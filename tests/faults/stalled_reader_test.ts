/**
 * A server that sends and does not read: what it asks for waits, in bounded memory, and what it hands over is kept.
 *
 * @module
 */
import { assertEquals, assertLess } from "@std/assert";
import { delay } from "@std/async/delay";
import { DatabaseSync } from "node:sqlite";
import { Annals } from "../support/annals.ts";
import { chat, query } from "../support/handed_over.ts";
import { peakMemory } from "../support/peak_memory.ts";
import { print } from "../support/random.ts";
import { ScriptedServer } from "../support/scripted_server.ts";

const MIB = 1024 * 1024;
const MOST_MEMORY = 320 * MIB;
/** Milliseconds until all must be stored that came while nothing was read. */
const PATIENCE = 30_000;

const READERS = Array.from({ length: 10 }, (_, i) => `reader${i}`);
/** Pages that each of them asks for; one is almost a mebibyte, so all of them are more than the memory that may be used. */
const PAGES = 50;
const MESSAGES = 10_000;

Deno.test("A server that does not read costs bounded memory, and what it sends meanwhile is kept", async () => {
  await using server = new ScriptedServer();
  await using annals = await Annals.prepare(server.site, { config: { log: { level: "info" } } });
  annals.spawn();
  const stream = await server.welcome();
  await annals.inService();
  const letter = "x".repeat(100_000);
  for (const reader of READERS) {
    await stream.send(Array.from({ length: 10 }, (_, i) => chat("alice", reader, `${i} ${letter}`)).join(""));
    assertEquals((await stream.archive(reader)).length, 10);
  }

  const ids = Array.from({ length: PAGES * READERS.length }, () => stream.uniqueId());
  const answers = stream.answers(ids);
  const resume = stream.stall();
  await stream.send(ids.map((id, i) => query(id, READERS[i % READERS.length] ?? "")).join(""));
  for (let i = 0; i < MESSAGES; i++) await stream.send(chat("bob", "carol", `meanwhile ${i}`));
  await stored(annals, MESSAGES + 10 * READERS.length);
  const peak = await peakMemory(annals.pid);
  print(`Memory at most: ${Math.round(peak / MIB)} MiB`);
  assertLess(peak, MOST_MEMORY);

  resume();
  assertEquals((await answers).filter(({ attrs }) => attrs.type !== "result"), []);
  const { iq } = await stream.page("carol", { max: 0 });
  assertEquals(iq.getChild("fin")?.getChild("set")?.getChildText("count"), String(MESSAGES));
  assertEquals(annals.errors, []);
});

/** Resolves when so many messages are on disk, seen from outside: a server that does not read cannot be told. */
async function stored(annals: Annals, messages: number): Promise<void> {
  const signal = AbortSignal.timeout(PATIENCE);
  using db = new DatabaseSync(`${annals.folder}/data/archive2.sqlite`, { readOnly: true });
  const count = db.prepare("SELECT count(*) AS messages FROM message");
  while (count.get()?.messages !== messages) await delay(50, { signal });
}
