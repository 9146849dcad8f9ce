import { assertEquals } from "@std/assert";
import { ROMEO, START } from "../../../../tests/support/store/messages.ts";
import { openMemoryStore } from "../../../store/memory/mod.ts";
import { RetractionBook } from "./book.ts";
import type { Retraction } from "./retraction.ts";

const RETRACTION: Retraction = { target: "m1", with: ROMEO, author: { jid: ROMEO }, id: "r1", stamp: START };

Deno.test("A retraction that is added while all are read anew stays", async () => {
  await using store = openMemoryStore();
  const gate = Promise.withResolvers<string[]>();
  const book = new RetractionBook({
    dataKeys: () => gate.promise,
    datum: (space, key) => store.datum(space, key),
    changeDatum: (space, key, change) => store.changeDatum(space, key, change),
  }, () => START);
  const loading = book.load();
  await book.add(ROMEO, RETRACTION);
  gate.resolve([]);
  await loading;
  assertEquals(book.of(ROMEO).map(({ target }) => target), ["m1"]);
});

Deno.test("A retraction is held open for 30 days from when it came, whatever its own time", async () => {
  await using store = openMemoryStore();
  let now = START;
  const book = new RetractionBook(store, () => now);
  await book.add(ROMEO, { ...RETRACTION, stamp: 0 });
  now += 29 * 86_400_000;
  await book.add(ROMEO, { ...RETRACTION, target: "m2" });
  assertEquals(book.of(ROMEO).map(({ target }) => target), ["m1", "m2"]);
  now += 2 * 86_400_000;
  await book.add(ROMEO, { ...RETRACTION, target: "m3" });
  assertEquals(book.of(ROMEO).map(({ target }) => target), ["m2", "m3"]);
});
