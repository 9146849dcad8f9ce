/** The contract of stores: entries that come from elsewhere, held against every kind of store. */
import { assertEquals, assertRejects } from "@std/assert";
import type { WholeEntry } from "./archive.ts";
import { UnkeepableError } from "./error.ts";
import { EPOCH, formatArchiveId } from "./id.ts";
import {
  conversationAt,
  idAt,
  JULIET,
  messageAt,
  NURSE,
  pageOf,
  ROMEO,
  START,
  textAt,
} from "../../tests/support/store/messages.ts";
import { testStores as test } from "../../tests/support/store/stores.ts";

/** An entry of Romeo's with Juliet, received at `START` + `millisecond`. */
function foreign(id: string, millisecond: number, more: Partial<WholeEntry> = {}): WholeEntry {
  const stanza = `<message id='${millisecond}'/>`;
  return { id, time: START + millisecond, stanza, with: JULIET, resource: "balcony", ...more };
}

const THREE = [foreign("a", 10), foreign("b", 20), foreign("c", 30)];

test("adopt() keeps entries under the ids that they had", async (store) => {
  assertEquals(await store.adopt(ROMEO, THREE), { added: 3, held: 0 });
  assertEquals(await Array.fromAsync(store.entries(ROMEO)), THREE);
  const page = await store.page(ROMEO, {}, { max: 2 });
  assertEquals("entries" in page && page.entries.map(({ id }) => id), ["a", "b"]);
  assertEquals(await store.extent(ROMEO), {
    first: { id: "a", time: START + 10 },
    last: { id: "c", time: START + 30 },
  });
});

test("adopt() makes ids that clients know positions like any other (XEP-0313 §Paging through results)", async (store) => {
  await store.adopt(ROMEO, THREE);
  await store.append([conversationAt(40)]);
  assertEquals((await pageOf(store, {}, { after: "a" })).at, [20, 30, 40]);
  assertEquals((await pageOf(store, {}, { before: "c" })).at, [10, 20]);
  assertEquals((await pageOf(store, { afterId: "a", beforeId: textAt(40) })).at, [20, 30]);
  assertEquals((await pageOf(store, { ids: ["c", "a", textAt(40)] })).at, [10, 30, 40]);
  assertEquals(await store.count(ROMEO, { afterId: "b" }), 2);
  assertEquals(await store.page(ROMEO, {}, { max: 1, after: "d" }), { unknown: "d" });
  assertEquals(await store.page(JULIET, {}, { max: 1, after: "a" }), { unknown: "a" });
});

test("adopt() gives an entry no second id", async (store) => {
  await store.adopt(ROMEO, THREE);
  const own = formatArchiveId({ ...idAt(10), random: 0n });
  assertEquals(await store.page(ROMEO, { ids: [own] }, { max: 1 }), { unknown: own });
});

test("adopt() filters like any other entry", async (store) => {
  await store.adopt(ROMEO, [...THREE, foreign("d", 40, { with: NURSE })]);
  assertEquals((await pageOf(store, { with: JULIET })).at, [10, 20, 30]);
  assertEquals((await pageOf(store, { with: JULIET, resource: "orchard" })).at, []);
  assertEquals((await pageOf(store, { start: START + 20, end: START + 30 })).at, [20, 30]);
});

test("adopt() puts entries where their times put them among those that are there", async (store) => {
  await store.append([messageAt(15), messageAt(25)]);
  await store.adopt(ROMEO, THREE);
  assertEquals((await pageOf(store, {})).at, [10, 15, 20, 25, 30]);
});

test("adopt() keeps the order of the list, also where times are equal or run back", async (store) => {
  const list = [foreign("a", 50), foreign("b", 50), foreign("c", 20), foreign("d", 60), foreign("e", 50)];
  await store.adopt(ROMEO, list);
  assertEquals(await Array.fromAsync(store.entries(ROMEO)), list);
  assertEquals((await pageOf(store, { end: START + 20 })).at, [20]);
});

test("adopt() keeps the order of a list that is given in parts", async (store) => {
  await store.adopt(ROMEO, [foreign("a", 50), foreign("b", 20)]);
  await store.adopt(ROMEO, [foreign("c", 20), foreign("d", 10)], "b");
  assertEquals((await pageOf(store, {})).at, [50, 20, 20, 10]);
});

test("adopt() adds nothing twice, and goes on where an earlier attempt ended", async (store) => {
  await store.adopt(ROMEO, THREE.slice(0, 2));
  assertEquals(await store.adopt(ROMEO, THREE), { added: 1, held: 2 });
  assertEquals(await store.adopt(ROMEO, THREE), { added: 0, held: 3 });
  assertEquals(await store.adopt(ROMEO, [foreign("x", 40), foreign("x", 50)]), { added: 1, held: 1 });
  assertEquals((await pageOf(store, {})).at, [10, 20, 30, 40]);
});

test("adopt() leaves an entry between those of an earlier attempt in its place", async (store) => {
  await store.adopt(ROMEO, [foreign("a", 10), foreign("c", 10)]);
  await store.adopt(ROMEO, [foreign("a", 10), foreign("b", 10, { stanza: "<message id='11'/>" }), foreign("c", 10)]);
  assertEquals(await store.count(ROMEO, {}), 3);
});

test("adopt() takes back what Annals itself gave away, each entry under its own id", async (store) => {
  await store.append([conversationAt(1), conversationAt(2), conversationAt(3)]);
  const exported = await Array.fromAsync(store.entries(JULIET));
  assertEquals(await store.adopt(JULIET, exported), { added: 0, held: 3 });
  await store.deleteArchive(JULIET);
  assertEquals(await store.adopt(JULIET, exported), { added: 3, held: 0 });
  assertEquals(await Array.fromAsync(store.entries(JULIET)), exported);
  assertEquals((await pageOf(store, {}, { archive: JULIET, after: textAt(1, 1) })).at, [2, 3]);
});

test("adopt() leaves the number of an id alone that says another time", async (store) => {
  const id = formatArchiveId(idAt(4_000_000_000));
  await store.adopt(ROMEO, [foreign(id, 10)]);
  assertEquals(store.newestNumber, idAt(10).number);
  assertEquals((await pageOf(store, {}, { before: id })).at, []);
});

test("adopt() takes what is older than the epoch of our numbers", async (store) => {
  const before = EPOCH - 400 * 86_400_000;
  const old = [1, 2].map((ms) => foreign(`old-${ms}`, ms, { time: before + ms }));
  await store.append([messageAt(5)]);
  await store.adopt(ROMEO, old);
  assertEquals((await pageOf(store, {})).at, [1, 2, 5]);
  assertEquals((await pageOf(store, { with: JULIET, end: EPOCH })).at, [1, 2]);
  assertEquals((await pageOf(store, {}, { after: "old-1", max: 1 })).at, [2]);
  assertEquals(await store.expire(EPOCH, 10), { entries: 2, more: false });
  assertEquals((await pageOf(store, {})).at, [5]);
});

test("what was adopted goes like any other entry, and its id with it", async (store) => {
  await store.adopt(ROMEO, THREE);
  await store.adopt(JULIET, THREE);
  assertEquals(await store.expire(START + 15, 10), { entries: 2, more: false });
  assertEquals(await store.page(ROMEO, {}, { max: 1, after: "a" }), { unknown: "a" });
  assertEquals(await store.deleteArchive(ROMEO), 2);
  assertEquals(await store.page(ROMEO, { ids: ["b"] }, { max: 1 }), { unknown: "b" });
  assertEquals((await pageOf(store, { ids: ["b"] }, { archive: JULIET })).at, [20]);
  assertEquals(await store.adopt(ROMEO, THREE), { added: 3, held: 0 });
});

test("adopt() keeps all of a list or none", async (store) => {
  await assertRejects(
    () => store.adopt(ROMEO, [...THREE, foreign("d", NaN)]),
    UnkeepableError,
    "expected milliseconds",
  );
  await assertRejects(() => store.adopt(ROMEO, [foreign("e", 2 ** 52)]), UnkeepableError, "the years 1950 to 2089");
  await assertRejects(() => store.adopt(ROMEO, [foreign("", 1)]), UnkeepableError, "without an id");
  const long = foreign("\u{1f427}".repeat(257), 1);
  await assertRejects(() => store.adopt(ROMEO, [...THREE, long]), UnkeepableError, "whose id has more than 1024 bytes");
  assertEquals(await store.count(ROMEO, {}), 0);
  assertEquals(await store.adopt(ROMEO, []), { added: 0, held: 0 });
  assertEquals(await store.adopt(ROMEO, [foreign("\u{1f427}".repeat(256), 1)]), { added: 1, held: 0 });
});

test("entries() of an archive with many is in order and whole", async (store) => {
  const many = Array.from({ length: 1201 }, (_, i) => foreign(`id-${i}`, i));
  await store.adopt(ROMEO, many);
  await store.append([messageAt(5000)]);
  const found = await Array.fromAsync(store.entries(ROMEO), ({ id }) => id);
  assertEquals(found, [...many.map(({ id }) => id), textAt(5000)]);
  assertEquals(await Array.fromAsync(store.entries("nobody@verona.example")), []);
});
