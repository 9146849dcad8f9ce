import { assertEquals, assertRejects } from "@std/assert";
import type { WholeEntry } from "../store/archive.ts";
import { openMemoryStore } from "../store/memory/mod.ts";
import { importItems } from "./import.ts";
import { type Item, skipped } from "./item.ts";
import { Summary } from "./summary.ts";
import { storeTarget } from "./target.ts";
import { HOSTS, NOW } from "../../tests/support/transfer/archives.ts";

const ROMEO = "romeo@montague.example";
const JULIET = "juliet@capulet.example";

function entry(owner: string, id: string, more: Partial<WholeEntry> = {}): Item {
  const kept = { id, time: NOW, with: JULIET, resource: "", stanza: "<message/>", ...more };
  return { kind: "entry", owner, entry: kept };
}

/** Imports into a store, and counts. */
async function imported(items: Iterable<Item>, store = openMemoryStore()): Promise<Summary> {
  const summary = new Summary();
  await importItems(items, { target: storeTarget(store), hosts: new Set(HOSTS), now: NOW, summary });
  return summary;
}

Deno.test("what is taken, there already and not taken is counted", async () => {
  const store = openMemoryStore();
  const preferences: Item = {
    kind: "preferences",
    owner: ROMEO,
    preferences: { default: "never", always: [], never: [] },
  };
  const items = [
    preferences,
    entry(ROMEO, "a"),
    entry(ROMEO, "b", { time: NOW - 5 }),
    entry(JULIET, "a"),
    skipped("x"),
    skipped("x"),
  ];
  const first = await imported(items, store);
  assertEquals([first.archives, first.messages, first.preferences, first.oldest, [...first.skipped], first.read], [
    2,
    { taken: 3, held: 0 },
    { taken: 1, held: 0 },
    NOW - 5,
    [["x", 2]],
    6,
  ]);
  const second = await imported(items, store);
  assertEquals([second.messages, second.preferences, second.oldest], [
    { taken: 0, held: 3 },
    { taken: 0, held: 1 },
    Infinity,
  ]);
});

Deno.test("preferences that were set here stay", async () => {
  const store = openMemoryStore();
  await store.setPreferences(ROMEO, { default: "roster", always: [], never: [] });
  await imported(
    [{ kind: "preferences", owner: ROMEO, preferences: { default: "never", always: [], never: [] } }],
    store,
  );
  assertEquals((await store.preferences(ROMEO))?.default, "roster");
});

Deno.test("what would disturb the archives to come is not taken", async () => {
  const store = openMemoryStore();
  const { messages, skipped } = await imported([
    entry(ROMEO, "future", { time: NOW + 2 * 86_400_000 }),
    entry(ROMEO, "never", { time: NaN }),
    entry(ROMEO, "before XMPP", { time: Date.UTC(1900) }),
    entry("tybalt@verona.example", "a"),
  ], store);
  assertEquals([messages.taken, Object.fromEntries(skipped)], [0, {
    "of a time that is still to come": 1,
    "of a time that cannot be": 2,
    "of verona.example, which is none of the hosts": 1,
  }]);
});

Deno.test("what came ahead of an error is kept, and the next attempt goes on from there", async () => {
  const store = openMemoryStore();
  function* cutOff(): Generator<Item> {
    for (let i = 0; i < 2500; i++) yield entry(ROMEO, `${i}`);
    throw new Error("the disk went away");
  }
  await assertRejects(() => imported(cutOff(), store), Error, "the disk went away");
  assertEquals(await store.count(ROMEO, {}), 2500);
  const all = Array.from({ length: 3000 }, (_, i) => entry(ROMEO, `${i}`));
  assertEquals((await imported(all, store)).messages, { taken: 500, held: 2500 });
  const ids = await Array.fromAsync(store.entries(ROMEO), ({ id }) => id);
  assertEquals(ids, Array.from({ length: 3000 }, (_, i) => `${i}`));
});

Deno.test("archives may come mixed", async () => {
  const store = openMemoryStore();
  const items = Array.from({ length: 50 }, (_, i) => entry(i % 2 === 0 ? ROMEO : JULIET, `${i}`));
  await imported(items, store);
  assertEquals(await Array.fromAsync(store.entries(JULIET), ({ id }) => Number(id) % 2), Array(25).fill(1));
});
