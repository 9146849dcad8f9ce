/** The contract of stores: ids under which nothing is kept, held against every kind of store. */
import { assert, assertEquals } from "@std/assert";
import type { ArchiveStore, NewMessage } from "./archive.ts";
import { formatArchiveId } from "./id.ts";
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

/** A message of which the archive of one owner keeps the id alone. */
function positionAt(millisecond: number, archive = ROMEO): NewMessage {
  return { time: START + millisecond, stanza: "", entries: [], positions: [{ archive, id: idAt(millisecond) }] };
}

/** True when a page can begin behind an id. */
async function knows(store: ArchiveStore, id: string, archive = ROMEO): Promise<boolean> {
  return !("unknown" in await store.page(archive, {}, { max: 1, after: id }));
}

/** Sweeps to the end, in steps of one. */
async function whole(step: () => Promise<{ more: boolean }>): Promise<void> {
  while ((await step()).more);
}

test("a position is paged from in both directions, and is neither returned nor counted", async (store) => {
  assertEquals(await store.append([messageAt(0), positionAt(10), messageAt(20), positionAt(30)]), 2);
  assertEquals((await pageOf(store, {}, { after: textAt(10) })).at, [20]);
  assertEquals((await pageOf(store, {}, { before: textAt(10) })).at, [0]);
  assertEquals((await pageOf(store, { afterId: textAt(10) })).at, [20]);
  assertEquals((await pageOf(store, { beforeId: textAt(30), afterId: textAt(0) })).at, [20]);
  assertEquals((await pageOf(store, {}, { after: textAt(30) })).at, []);
  assertEquals((await pageOf(store, {})).at, [0, 20]);
  assertEquals(await store.count(ROMEO, {}), 2);
  assertEquals(await store.count(ROMEO, { afterId: textAt(10) }), 1);
  assertEquals((await store.extent(ROMEO))?.last.id, textAt(20));
  assertEquals((await store.survey()).entries, 2);
});

test("the ids of positions are no entries, and only whole ids are known", async (store) => {
  await store.append([messageAt(0), positionAt(10)]);
  for (const id of [textAt(10), formatArchiveId({ ...idAt(10), random: 1n })]) {
    assertEquals(await store.page(ROMEO, { ids: [textAt(0), id] }, { max: 5 }), { unknown: id });
  }
  assertEquals(await knows(store, formatArchiveId({ ...idAt(10), random: 1n })), false);
  assertEquals(await knows(store, textAt(10), JULIET), false);
});

test("a message may be an entry of one archive and a position of another", async (store) => {
  const message = messageAt(0, { archive: ROMEO });
  await store.append([
    { ...message, positions: [{ archive: JULIET, id: idAt(0, 1) }] },
    messageAt(5, { archive: JULIET }),
  ]);
  assertEquals((await pageOf(store, {})).at, [0]);
  assertEquals((await pageOf(store, {}, { archive: JULIET, after: textAt(0, 1) })).at, [5]);
});

test("a position may be all that an owner has, and is kept once", async (store) => {
  await store.append([positionAt(10), positionAt(20)]);
  await store.append([positionAt(10)]);
  assertEquals((await pageOf(store, {}, { after: textAt(10) })).at, []);
  assertEquals(await store.positions(ROMEO, 0, 10), [idAt(10), idAt(20)]);
  assertEquals(await store.positions(ROMEO, idAt(10).number, 1), [idAt(20)]);
  assertEquals(await store.owners("montague.example", "", 5), [ROMEO]);
  assert(store.newestNumber >= idAt(20).number);
});

test("expire() forgets positions by their age", async (store) => {
  await store.append([positionAt(0), positionAt(10, NURSE), messageAt(20), positionAt(30)]);
  await whole(() => store.expire(START + 25, 1));
  assertEquals(await Promise.all([knows(store, textAt(0)), knows(store, textAt(10), NURSE)]), [false, false]);
  assertEquals(await knows(store, textAt(30)), true);
});

test("trim() forgets positions before the oldest entry, and beyond as many as entries may be", async (store) => {
  await store.append([positionAt(0), messageAt(10), messageAt(20), messageAt(30)]);
  await store.append([40, 50, 60].map((at) => positionAt(at)));
  await whole(() => store.trim(2, 1));
  const known = [0, 40, 50, 60].map((at) => knows(store, textAt(at)));
  assertEquals(await Promise.all(known), [false, false, true, true]);
  assertEquals((await pageOf(store, {})).at, [20, 30]);
});

test("forget() forgets positions by their whole ids, and does not count them", async (store) => {
  await store.append([messageAt(0), positionAt(10), positionAt(20), positionAt(10, NURSE)]);
  const other = formatArchiveId({ ...idAt(20), random: 1n });
  assertEquals(await store.forget(ROMEO, [textAt(0), textAt(10), other, "no such id"]), 1);
  const known = [knows(store, textAt(10)), knows(store, textAt(20)), knows(store, textAt(10), NURSE)];
  assertEquals(await Promise.all(known), [false, true, true]);
  assertEquals(await store.forget(NURSE, [textAt(10)]), 0);
  assertEquals(await store.owners("capulet.example", "", 5), []);
});

test("deleteArchive() forgets an owner's positions, and no one else's", async (store) => {
  await store.append([
    conversationAt(0),
    ...Array.from({ length: 600 }, (_, at) => positionAt(at + 10)),
    positionAt(5, NURSE),
  ]);
  assertEquals(await store.deleteArchive(ROMEO), 1);
  assertEquals(await knows(store, textAt(10)), false);
  assertEquals(await store.positions(ROMEO, 0, 10), []);
  assertEquals(await knows(store, textAt(5), NURSE), true);
});
