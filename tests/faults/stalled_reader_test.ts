/**
 * A server that sends and does not read: what it asks for waits, in bounded memory, and what it hands over is kept.
 *
 * @module
 */
import { assertEquals, assertLess } from "@std/assert";
import { Annals } from "../../src/testing/annals.ts";
import { chat, query } from "../../src/testing/handed_over.ts";
import { peakMemory } from "../../src/testing/peak_memory.ts";
import { print } from "../../src/testing/random.ts";
import { ScriptedServer } from "../../src/testing/scripted_server.ts";

const MIB = 1024 * 1024;
const MOST_MEMORY = 512 * MIB;

Deno.test("A server that does not read costs bounded memory, and what it sends meanwhile is kept", async () => {
  await using server = new ScriptedServer();
  await using annals = await Annals.prepare(server.site, { config: { log: { level: "info" } } });
  annals.spawn();
  const stream = await server.welcome();
  await annals.inService();
  const letter = "x".repeat(100_000);
  for (let i = 0; i < 50; i++) await stream.send(chat("alice", "bob", `${i} ${letter}`));
  assertEquals((await stream.archive("bob")).length, 50);

  // 2,000 pages, half of them of a mebibyte, are asked for by 100 users, and not one is taken.
  const resume = stream.stall();
  const users = Array.from({ length: 100 }, (_, i) => `user${i}`);
  for (const user of users) await stream.send(chat("alice", user, `hello ${letter}`));
  const ids = Array.from({ length: 2000 }, () => stream.uniqueId());
  for (const [i, id] of ids.entries()) await stream.send(query(id, i % 2 === 0 ? "bob" : users[i % 100] ?? ""));
  for (let i = 0; i < 20_000; i++) await stream.send(chat("alice", "carol", `meanwhile ${i}`));
  const peak = await peakMemory(annals.pid);
  print(`Memory at most: ${Math.round(peak / MIB)} MiB`);
  assertLess(peak, MOST_MEMORY);

  const answers = stream.answers(ids);
  resume();
  await answers;
  const kept = await stream.ask(
    "carol",
    "set",
    `<query xmlns='urn:xmpp:mam:2'><set xmlns='http://jabber.org/protocol/rsm'><max>0</max></set></query>`,
  );
  assertEquals(kept.getChild("fin")?.getChild("set")?.getChildText("count"), "20000");
  assertEquals(annals.errors, []);
});
