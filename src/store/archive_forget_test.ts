/** The contract of stores: ends, forgetting, counting and preferences, held against every kind of store. */
import { assert, assertEquals } from "@std/assert";
import type { ArchiveStore } from "./archive.ts";
import {
  conversationAt,
  idAt,
  JULIET,
  messageAt,
  NURSE,
  pageOf,
  ROMEO,
  START,
  tenEntries,
  textAt,
} from "../../tests/support/store/messages.ts";
import { testStores as test } from "../../tests/support/store/stores.ts";

/** Sweeps to the end, in steps; says how many entries went. */
async function sweep(store: ArchiveStore, before: number, limit: number): Promise<number> {
  let entries = 0;
  for (let more = true; more;) {
    const step = await store.expire(before, limit);
    assert(step.entries <= limit);
    entries += step.entries;
    more = step.more;
  }
  return entries;
}

test("extent() is the first and the last entry", async (store) => {
  assertEquals(await store.extent(ROMEO), undefined);
  await store.append(tenEntries());
  assertEquals(await store.extent(ROMEO), {
    first: { id: textAt(0), time: START },
    last: { id: textAt(90), time: START + 90 },
  });
  await store.expire(START + 85, 100);
  const last = { id: textAt(90), time: START + 90 };
  assertEquals(await store.extent(ROMEO), { first: last, last });
});

test("expire() forgets what is older than a time, a bounded number at a time", async (store) => {
  await store.append([conversationAt(1), messageAt(2, { archive: NURSE }), conversationAt(3), conversationAt(4)]);
  assertEquals(await store.expire(START + 1, 10), { entries: 0, more: false });
  assertEquals(await store.expire(START + 4, 2), { entries: 2, more: true });
  assertEquals(await sweep(store, START + 4, 2), 3);
  assertEquals(await store.extent(NURSE), undefined);
  for (const archive of [ROMEO, JULIET]) {
    assertEquals(await pageOf(store, {}, { archive }), { at: [4], complete: true, count: 1, index: 0 });
  }
});

test("expire() leaves no gap in an archive, whenever it is left off", async (store) => {
  const odd = tenEntries().map(({ time }) => time - START + 1);
  await store.append([...tenEntries(), ...odd.map((ms) => conversationAt(ms)), messageAt(15), messageAt(5)]);
  const all = { [ROMEO]: (await pageOf(store, {}, { max: 50 })).at, [JULIET]: odd };
  for (let more = true; more;) {
    ({ more } = await store.expire(START + 70, 3));
    for (const [archive, whole] of Object.entries(all)) {
      const { at } = await pageOf(store, {}, { archive, max: 50 });
      assertEquals(at, whole.slice(whole.length - at.length));
    }
  }
  assertEquals((await pageOf(store, {}, { max: 50 })).at, [70, 71, 80, 81, 90, 91]);
});

test("expire() by another time goes on where the one before was left off", async (store) => {
  await store.append(tenEntries());
  assertEquals(await store.expire(START + 50, 3), { entries: 3, more: true });
  assertEquals(await sweep(store, START + 80, 3), 5);
  await store.append([messageAt(85)]);
  assertEquals(await store.expire(START + 91, 1), { entries: 1, more: true });
  // What is to be kept for longer stays.
  assertEquals(await sweep(store, START + 10, 3), 0);
  assertEquals((await pageOf(store, {})).at, [85, 90]);
});

test("expire() reaches what comes in behind it", async (store) => {
  await store.append(tenEntries().map(({ time }) => conversationAt(time - START)));
  assertEquals(await store.expire(START + 200, 15), { entries: 15, more: true });
  const owners = [ROMEO, JULIET, NURSE];
  for (const [counter, archive] of owners.entries()) {
    await store.append([messageAt(7, { archive, id: idAt(7, counter) })]);
  }
  assertEquals(await sweep(store, START + 200, 2), 5 + owners.length);
  for (const archive of owners) assertEquals(await store.extent(archive), undefined);
});

test("trim() forgets the oldest entries of archives that hold too many, a bounded number at a time", async (store) => {
  await store.append([...tenEntries(), conversationAt(100), conversationAt(110), messageAt(55)]);
  assertEquals(await store.trim(13, 100), { entries: 0, more: false });
  assertEquals(await store.trim(10, 2), { entries: 2, more: true });
  assertEquals((await pageOf(store, {}, { max: 3 })).at, [20, 30, 40]);
  let { entries, more } = await store.trim(4, 3);
  while (more) {
    assertEquals(entries, 3);
    ({ entries, more } = await store.trim(4, 3));
  }
  assertEquals(await pageOf(store, {}), { at: [80, 90, 100, 110], complete: true, count: 4, index: 0 });
  assertEquals((await pageOf(store, {}, { archive: JULIET })).at, [100, 110]);
  assertEquals((await pageOf(store, { with: NURSE })).at, [80]);
  assertEquals(await store.page(ROMEO, {}, { max: 1, after: textAt(70) }), { unknown: textAt(70) });
  while ((await store.trim(1, 3)).more);
  assertEquals([await store.count(ROMEO, {}), await store.count(JULIET, {})], [1, 1]);
  assertEquals((await pageOf(store, { with: JULIET })).at, [110]);
});

test("trim() and append() may take turns, over days", async (store) => {
  const day = 86_400_000;
  for (let at = 0; at < 10; at++) {
    await store.append([messageAt(at * day, { with: at % 3 === 0 ? NURSE : JULIET }), conversationAt(at * day + 10)]);
    while ((await store.trim(3, 2)).more);
    assertEquals(await store.count(ROMEO, {}), Math.min(3, 2 * at + 2));
  }
  assertEquals((await pageOf(store, {})).at, [8 * day + 10, 9 * day, 9 * day + 10]);
  assertEquals((await pageOf(store, { with: NURSE })).at, [9 * day]);
  assertEquals((await pageOf(store, { with: JULIET })).at, [8 * day + 10, 9 * day + 10]);
});

test("paging on from an entry that has expired is refused (XEP-0313 §3.2)", async (store) => {
  await store.append(tenEntries());
  assertEquals((await pageOf(store, {}, { max: 2, after: textAt(20) })).at, [30, 40]);
  await sweep(store, START + 25, 10);
  for (const paging of [{ after: textAt(20) }, { before: textAt(20) }]) {
    assertEquals(await store.page(ROMEO, {}, { max: 2, ...paging }), { unknown: textAt(20) });
  }
  for (const filter of [{ afterId: textAt(20) }, { beforeId: textAt(20) }, { ids: [textAt(20), textAt(30)] }]) {
    assertEquals(await store.count(ROMEO, filter), { unknown: textAt(20) });
  }
  assertEquals((await store.extent(ROMEO))?.first.id, textAt(30));
});

test("expire() takes what was added after an earlier step", async (store) => {
  await store.append([messageAt(10), messageAt(20), messageAt(30), messageAt(90)]);
  assertEquals(await store.expire(START + 50, 10), { entries: 3, more: false });
  await store.append([messageAt(5), messageAt(40)]);
  assertEquals(await store.expire(START + 50, 10), { entries: 2, more: false });
  assertEquals((await pageOf(store, {})).at, [90]);
});

test("expire() leaves no trace of correspondents that are gone, and none is mistaken for another", async (store) => {
  const day = 86_400_000;
  await store.append([messageAt(0, { with: NURSE, resource: "a" }), messageAt(day, { with: JULIET })]);
  await store.expire(START + 1, 10);
  await store.append([messageAt(2 * day, { with: "friar@verona.example" })]);
  assertEquals((await pageOf(store, { with: NURSE })).at, []);
  assertEquals((await pageOf(store, { with: JULIET })).at, [day]);
  assertEquals((await pageOf(store, { with: "friar@verona.example" })).at, [2 * day]);
});

test("expire() and append() may take turns in one span of time", async (store) => {
  const later = { archive: NURSE, with: JULIET };
  for (const ms of [1, 2, 3]) {
    await store.append([messageAt(ms), messageAt(1_000_000_000 + ms, later)]);
    assertEquals((await pageOf(store, { with: JULIET })).at, [ms]);
    assertEquals(await store.expire(START + 100, 10), { entries: 1, more: false });
    assertEquals((await pageOf(store, { with: JULIET })).at, []);
  }
});

test("deleteArchive() forgets one owner's entries and preferences, and no other's", async (store) => {
  await store.append([conversationAt(1), messageAt(2), conversationAt(3)]);
  for (const owner of [ROMEO, JULIET]) await store.setPreferences(owner, { default: "never", always: [], never: [] });
  assertEquals(await store.deleteArchive(ROMEO), 3);
  assertEquals(await pageOf(store, {}), { at: [], complete: true, count: 0 });
  assertEquals(await store.extent(ROMEO), undefined);
  assertEquals(await store.preferences(ROMEO), undefined);
  assertEquals((await pageOf(store, {}, { archive: JULIET })).at, [1, 3]);
  assertEquals((await store.preferences(JULIET))?.default, "never");
  assertEquals(await store.deleteArchive(ROMEO), 0);
  await store.append([messageAt(9)]);
  assertEquals(await pageOf(store, { with: JULIET }), { at: [9], complete: true, count: 1, index: 0 });
});

test("deleteArchive() of more than one step forgets all", async (store) => {
  await store.append(Array.from({ length: 1200 }, (_, ms) => messageAt(ms * 60_000, { resource: `r${ms % 700}` })));
  assertEquals(await store.deleteArchive(ROMEO), 1200);
  assertEquals(await store.count(ROMEO, {}), 0);
});

test("setPreferences() replaces what was set (XEP-0441)", async (store) => {
  assertEquals(await store.preferences(ROMEO), undefined);
  const preferences = {
    default: "roster",
    always: [JULIET, `${NURSE}/a'"b`],
    never: ["paris@verona.example"],
  } as const;
  await store.setPreferences(ROMEO, preferences);
  assertEquals(await store.preferences(ROMEO), preferences);
  await store.setPreferences(ROMEO, { default: "always", always: [], never: [] });
  assertEquals(await store.preferences(ROMEO), { default: "always", always: [], never: [] });
  assertEquals(await store.preferences(JULIET), undefined);
});

test("count() follows whatever happens", async (store) => {
  await store.append(tenEntries());
  await store.append([conversationAt(200)]);
  assertEquals(await store.count(ROMEO, {}), 11);
  await store.expire(START + 25, 100);
  assertEquals(await store.count(ROMEO, {}), 8);
  assertEquals(await store.count(ROMEO, { with: JULIET }), 5);
  assertEquals(await store.count(JULIET, {}), 1);
  await store.deleteArchive(JULIET);
  assertEquals(await store.count(ROMEO, {}), 8);
});

test("owners() are those of a domain who have entries or preferences, page after page", async (store) => {
  const at = (name: string) => `${name}@capulet.example`;
  for (const [index, name] of ["b", "d", "a", "c"].entries()) {
    if (index < 2) await store.setPreferences(at(name), { default: "always", always: [], never: [] });
    if (index > 0) await store.append([messageAt(index, { archive: at(name) })]);
  }
  await store.append([messageAt(9), messageAt(10, { archive: "a@sub.capulet.example" })]);
  assertEquals(await store.owners("capulet.example", "", 3), ["a", "b", "c"].map(at));
  assertEquals(await store.owners("capulet.example", at("c"), 3), [at("d")]);
  assertEquals(await store.owners("capulet.example", at("bb"), 1), [at("c")]);
  assertEquals(await store.owners("capulet.example", at("d"), 3), []);
});

test("owners() are no longer those whose archive was deleted, or has nothing left", async (store) => {
  await store.append([messageAt(1), messageAt(2, { archive: "mercutio@montague.example" })]);
  await store.setPreferences(ROMEO, { default: "always", always: [], never: [] });
  await store.expire(START + 3, 10);
  assertEquals(await store.owners("montague.example", "", 10), [ROMEO]);
  await store.deleteArchive(ROMEO);
  assertEquals(await store.owners("montague.example", "", 10), []);
});
