/** What the contract promises, held against every kind of store. */
import { assertEquals, assertRejects } from "@std/assert";
import type { ArchiveStore } from "./archive.ts";
import { parseArchiveId } from "./id.ts";
import {
  conversationAt,
  idAt,
  JULIET,
  knownPage,
  messageAt,
  NURSE,
  pageOf,
  ROMEO,
  START,
  textAt,
} from "./testing/messages.ts";
import { KINDS } from "./testing/stores.ts";

function test(name: string, run: (store: ArchiveStore) => Promise<void>): void {
  for (const kind of KINDS) {
    Deno.test(`${name} (${kind.name})`, async () => {
      await using opened = await kind.open();
      await run(opened.store);
    });
  }
}

/** Romeo's archive: ten entries 10 ms apart, those at even tens with the nurse. */
async function tenEntries(store: ArchiveStore): Promise<void> {
  const tens = Array.from({ length: 10 }, (_, index) => 10 * index);
  await store.append(tens.map((ms) => messageAt(ms, { with: ms % 20 === 0 ? NURSE : JULIET })));
}

test("append() keeps a message in the archives of both ends, in each under its own id", async (store) => {
  await store.append([conversationAt(1)]);
  for (const [archive, id] of [[ROMEO, textAt(1)], [JULIET, textAt(1, 1)]] as const) {
    const { entries } = await knownPage(store, {}, { archive });
    assertEquals(entries, [{ id, time: START + 1, stanza: "<message id='1'/>" }]);
  }
});

test("append() gives back every bit of an id, and a stanza as it was", async (store) => {
  const random = 2n ** 64n - 1n;
  const stanza = "<message><body>\u{1F427} \u00e9 'quoted' \n</body></message>";
  await store.append([{ ...messageAt(1, { id: { ...idAt(1), random } }), stanza }]);
  const [entry] = (await knownPage(store, {})).entries;
  assertEquals(entry?.stanza, stanza);
  assertEquals(parseArchiveId(entry?.id ?? ""), { ...idAt(1), random });
});

test("append() leaves an entry whose id the archive holds as it is", async (store) => {
  await store.append([conversationAt(1), conversationAt(2)]);
  await store.append([conversationAt(1), { ...conversationAt(2), stanza: "<other/>" }, conversationAt(3)]);
  for (const archive of [ROMEO, JULIET]) {
    assertEquals((await pageOf(store, {}, { archive })).at, [1, 2, 3]);
    assertEquals(await store.count(archive, {}), 3);
  }
});

test("append() keeps an id that comes twice in a batch once", async (store) => {
  await store.append([messageAt(1), messageAt(1), messageAt(2, {}, { id: idAt(2) })]);
  assertEquals(await pageOf(store, {}), { at: [1, 2], complete: true, count: 2, index: 0 });
});

test("append() adds the end that is missing to a message that is sent again", async (store) => {
  await store.append([messageAt(1)]);
  await store.append([conversationAt(1)]);
  assertEquals((await pageOf(store, {}, { archive: JULIET })).at, [1]);
  assertEquals((await pageOf(store, {})).at, [1]);
});

test("append() puts an older id where its number belongs", async (store) => {
  await store.append([messageAt(10), messageAt(30)]);
  await store.append([messageAt(20), messageAt(5), messageAt(40)]);
  assertEquals((await pageOf(store, {})).at, [5, 10, 20, 30, 40]);
});

test("append() keeps different messages under one number apart", async (store) => {
  const [mine, hers] = [messageAt(1), { ...messageAt(2, { archive: JULIET, id: idAt(1) }), time: START + 1 }];
  await store.append([mine]);
  await store.append([hers, { ...messageAt(3, { archive: NURSE, id: idAt(1) }), time: START + 1 }]);
  assertEquals((await pageOf(store, {})).at, [1]);
  assertEquals((await pageOf(store, {}, { archive: JULIET })).at, [2]);
  assertEquals((await pageOf(store, {}, { archive: NURSE })).at, [3]);
});

test("append() keeps all of a batch or none", async (store) => {
  await store.append([messageAt(1)]);
  const bad = [messageAt(2), { ...messageAt(3), time: NaN }];
  await assertRejects(() => store.append(bad), RangeError, "expected milliseconds");
  await assertRejects(() => store.append([messageAt(2), { ...messageAt(3), entries: [] }]), RangeError, "one or two");
  await assertRejects(() => store.append([messageAt(2, { id: { number: -1, random: 0n } })]), RangeError, "archive id");
  assertEquals((await pageOf(store, {})).at, [1]);
  assertEquals(store.newestNumber, idAt(1).number);
});

test("append() takes an empty batch", async (store) => {
  await store.append([]);
  assertEquals(await store.count(ROMEO, {}), 0);
});

test("append() keeps two entries of one message in one archive apart", async (store) => {
  await store.append([messageAt(1, { with: JULIET }, { with: NURSE })]);
  assertEquals((await pageOf(store, {})).at, [1, 1]);
  assertEquals((await store.expire(START + 2, 1)).entries, 1);
  assertEquals((await pageOf(store, {})).at, [1]);
  assertEquals(await store.deleteArchive(ROMEO), 1);
});

test("newestNumber is the greatest number ever held, whatever is forgotten", async (store) => {
  assertEquals(store.newestNumber, 0);
  await store.append([conversationAt(5)]);
  await store.append([messageAt(1)]);
  assertEquals(store.newestNumber, idAt(5, 1).number);
  await store.expire(START + 100, 10);
  await store.deleteArchive(ROMEO);
  assertEquals(store.newestNumber, idAt(5, 1).number);
});

test("page() of an archive that holds nothing is empty and complete", async (store) => {
  assertEquals(await pageOf(store, {}), { at: [], complete: true, count: 0 });
  assertEquals(await pageOf(store, { with: JULIET, start: START }), { at: [], complete: true, count: 0 });
});

test("page() goes through the archive in either direction (XEP-0313 §Paging through results)", async (store) => {
  await tenEntries(store);
  const all = { count: 10 };
  assertEquals(await pageOf(store, {}, { max: 4 }), { at: [0, 10, 20, 30], complete: false, ...all, index: 0 });
  assertEquals(await pageOf(store, {}, { max: 4, after: textAt(30) }), {
    at: [40, 50, 60, 70],
    complete: false,
    ...all,
  });
  assertEquals(await pageOf(store, {}, { max: 4, after: textAt(70) }), {
    at: [80, 90],
    complete: true,
    ...all,
    index: 8,
  });
  assertEquals(await pageOf(store, {}, { max: 4, after: textAt(90) }), { at: [], complete: true, ...all });
  assertEquals(await pageOf(store, {}, { max: 4, before: "" }), {
    at: [60, 70, 80, 90],
    complete: false,
    ...all,
    index: 6,
  });
  assertEquals(await pageOf(store, {}, { max: 4, before: textAt(60) }), {
    at: [20, 30, 40, 50],
    complete: false,
    ...all,
  });
  assertEquals(await pageOf(store, {}, { max: 4, before: textAt(20) }), {
    at: [0, 10],
    complete: true,
    ...all,
    index: 0,
  });
  assertEquals(await pageOf(store, {}, { max: 4, before: textAt(0) }), { at: [], complete: true, ...all });
});

test("page() is complete when it ends just where the matches do (XEP-0313 §Requesting pages)", async (store) => {
  await tenEntries(store);
  assertEquals((await pageOf(store, {}, { max: 9 })).complete, false);
  assertEquals((await pageOf(store, {}, { max: 10 })).complete, true);
  assertEquals((await pageOf(store, { with: NURSE }, { max: 4 })).complete, false);
  assertEquals((await pageOf(store, { with: NURSE }, { max: 5 })).complete, true);
  assertEquals((await pageOf(store, { with: NURSE }, { max: 4, before: "" })).complete, false);
  assertEquals((await pageOf(store, { with: NURSE }, { max: 5, before: "" })).complete, true);
});

test("page() with both positions holds what lies between, nearest to the later one", async (store) => {
  await tenEntries(store);
  const between = (max: number) => pageOf(store, {}, { max, after: textAt(20), before: textAt(60) });
  assertEquals(await between(2), { at: [40, 50], complete: false, count: 10 });
  assertEquals(await between(3), { at: [30, 40, 50], complete: true, count: 10 });
});

test("page() says how many match and where it begins, where it has come to know", async (store) => {
  await tenEntries(store);
  const nurse = { with: NURSE };
  assertEquals(await pageOf(store, nurse), { at: [0, 20, 40, 60, 80], complete: true, count: 5, index: 0 });
  assertEquals(await pageOf(store, nurse, { max: 2 }), { at: [0, 20], complete: false, index: 0 });
  assertEquals(await pageOf(store, nurse, { max: 2, before: "" }), { at: [60, 80], complete: false });
  assertEquals(await pageOf(store, nurse, { max: 2, after: textAt(60) }), { at: [80], complete: true });
  assertEquals(await pageOf(store, nurse, { max: 5, before: "" }), {
    at: [0, 20, 40, 60, 80],
    complete: true,
    count: 5,
    index: 0,
  });
});

test("page() with a bare JID takes all its resources, with a full JID that one only (XEP-0313 §Filtering by JID)", async (store) => {
  const resources = ["orchard", "balcony", "", "orchard"];
  await store.append(resources.map((resource, ms) => messageAt(ms, { resource })));
  await store.append([messageAt(4, { with: NURSE, resource: "orchard" })]);
  const table = [
    [{ with: JULIET }, [0, 1, 2, 3]],
    [{ with: JULIET, resource: "orchard" }, [0, 3]],
    [{ with: JULIET, resource: "" }, [2]],
    [{ with: JULIET, resource: "crypt" }, []],
    [{ with: NURSE }, [4]],
    [{ with: ROMEO }, []],
    [{ with: "montague.example" }, []],
  ] as const;
  for (const [filter, at] of table) {
    assertEquals((await pageOf(store, filter)).at, at);
    assertEquals((await pageOf(store, filter, { before: "" })).at, at);
    assertEquals(await store.count(ROMEO, filter), at.length);
  }
});

test("page() filters by time to the millisecond, both ends included (XEP-0313 §Filtering by time received)", async (store) => {
  await tenEntries(store);
  const table = [
    [{ start: START + 80 }, [80, 90]],
    [{ start: START + 81 }, [90]],
    [{ start: START + 80.5 }, [90]],
    [{ start: START + 91 }, []],
    [{ end: START + 10 }, [0, 10]],
    [{ end: START + 9 }, [0]],
    [{ end: START + 9.5 }, [0]],
    [{ end: START - 1 }, []],
    [{ start: START + 30, end: START + 50 }, [30, 40, 50]],
    [{ start: START + 50, end: START + 30 }, []],
    [{ start: START + 30, end: START + 70, with: NURSE }, [40, 60]],
  ] as const;
  for (const [filter, at] of table) {
    assertEquals((await pageOf(store, filter)).at, at);
    assertEquals((await pageOf(store, filter, { before: "" })).at, at);
    assertEquals(await store.count(ROMEO, filter), at.length);
  }
});

test("page() goes by the time of receipt where the number runs ahead of it, in order of arrival", async (store) => {
  // Between 100 and 40 the clock was put back: ids count on, times are those of the clock.
  const times = [[10, 10], [100, 100], [100.5, 40], [101, 41], [102, 99], [200, 200]] as const;
  await store.append(times.map(([id, time]) => ({
    ...messageAt(time, { id: idAt(Math.floor(id), id % 1 ? 1 : 0) }),
    time: START + time,
  })));
  assertEquals((await pageOf(store, {})).at, [10, 100, 40, 41, 99, 200]);
  assertEquals((await pageOf(store, { start: START + 40, end: START + 41 })).at, [40, 41]);
  assertEquals((await pageOf(store, { start: START + 41, end: START + 100 })).at, [100, 41, 99]);
  assertEquals((await pageOf(store, { start: START + 41, end: START + 100 }, { max: 2, before: "" })).at, [41, 99]);
  assertEquals((await pageOf(store, { end: START + 40 })).at, [10, 40]);
  assertEquals(await store.count(ROMEO, { end: START + 99 }), 4);
});

test("expire() goes by the order of arrival where the clock was wrong, and leaves no gap", async (store) => {
  // Between 100 and 40 the clock was put back.
  const times = [[10, 10], [100, 100], [101, 40], [102, 41], [200, 200]] as const;
  await store.append(times.map(([id, time]) => ({ ...messageAt(time, { id: idAt(id) }), time: START + time })));
  assertEquals(await store.expire(START + 50, 10), { entries: 1, more: false });
  assertEquals((await pageOf(store, {})).at, [100, 40, 41, 200]);
  assertEquals(await store.expire(START + 102, 10), { entries: 2, more: false });
  assertEquals((await pageOf(store, {})).at, [41, 200]);
});

test("noteSweep() is remembered", async (store) => {
  assertEquals(store.sweptAt, 0);
  await store.noteSweep(START);
  assertEquals(store.sweptAt, START);
});

test("page() goes by the time of receipt where it is later than the number says", async (store) => {
  await store.append([{ ...messageAt(10), time: START + 500 }, messageAt(20), messageAt(30)]);
  assertEquals((await pageOf(store, { start: START + 25 })).at, [10, 30]);
});

test("page() takes after-id and before-id as filters (XEP-0313 §Limiting results by id)", async (store) => {
  await tenEntries(store);
  const filter = { afterId: textAt(20), beforeId: textAt(70) };
  assertEquals(await pageOf(store, filter), { at: [30, 40, 50, 60], complete: true, count: 4, index: 0 });
  assertEquals((await pageOf(store, filter, { max: 2 })).at, [30, 40]);
  assertEquals((await pageOf(store, filter, { max: 2, before: "" })).at, [50, 60]);
  assertEquals((await pageOf(store, filter, { after: textAt(50) })).at, [60]);
  assertEquals((await pageOf(store, filter, { after: textAt(0) })).at, [30, 40, 50, 60]);
  assertEquals(await store.count(ROMEO, filter), 4);
});

test("page() takes a position that does not match the filter", async (store) => {
  await tenEntries(store);
  assertEquals((await pageOf(store, { with: NURSE }, { after: textAt(30) })).at, [40, 60, 80]);
  assertEquals((await pageOf(store, { start: START + 50 }, { after: textAt(0), max: 2 })).at, [50, 60]);
});

test("page() by ids answers in order of arrival, each once (XEP-0313 §Limiting results by id)", async (store) => {
  await tenEntries(store);
  const ids = [textAt(50), textAt(10), textAt(30), textAt(10), textAt(40)];
  assertEquals(await pageOf(store, { ids }), { at: [10, 30, 40, 50], complete: true, count: 4, index: 0 });
  assertEquals((await pageOf(store, { ids }, { max: 2 })).at, [10, 30]);
  assertEquals((await pageOf(store, { ids }, { max: 2, after: textAt(30) })).at, [40, 50]);
  assertEquals((await pageOf(store, { ids }, { max: 2, before: "" })).at, [40, 50]);
  assertEquals((await pageOf(store, { ids, with: JULIET })).at, [10, 30, 50]);
  assertEquals((await pageOf(store, { ids, start: START + 31 })).at, [40, 50]);
  assertEquals((await pageOf(store, { ids: [] })).at, []);
  assertEquals(await store.count(ROMEO, { ids, with: JULIET }), 3);
});

test("page() names an id that the archive does not hold (XEP-0313 §Requesting pages)", async (store) => {
  await store.append([conversationAt(1), messageAt(2)]);
  const forged = textAt(1).slice(0, 21) + (textAt(1).endsWith("A") ? "Q" : "A");
  const hers = textAt(1, 1);
  for (const unknown of ["", "no such id", textAt(3), forged, hers]) {
    const known = textAt(2);
    if (unknown !== "") assertEquals(await store.page(ROMEO, {}, { max: 5, before: unknown }), { unknown });
    assertEquals(await store.page(ROMEO, {}, { max: 5, after: unknown }), { unknown });
    for (const filter of [{ afterId: unknown }, { beforeId: unknown }, { ids: [known, unknown], with: NURSE }]) {
      assertEquals(await store.page(ROMEO, filter, { max: 5 }), { unknown });
      assertEquals(await store.count(ROMEO, filter), { unknown });
    }
  }
  assertEquals(await store.page(NURSE, {}, { max: 5, after: textAt(1) }), { unknown: textAt(1) });
});

test("page() tells a forged id from the one it is like, in one query", async (store) => {
  await store.append([messageAt(1), messageAt(2)]);
  const forged = textAt(1).slice(0, 21) + (textAt(1).endsWith("A") ? "Q" : "A");
  assertEquals((await pageOf(store, { ids: [textAt(2), textAt(1)] })).at, [1, 2]);
  assertEquals(await store.page(ROMEO, { ids: [forged, textAt(1)] }, { max: 5 }), { unknown: forged });
  assertEquals(await store.page(ROMEO, { ids: [textAt(1), forged] }, { max: 5 }), { unknown: forged });
});

test("page() holds many entries, and many ids", async (store) => {
  const all = Array.from({ length: 1300 }, (_, ms) => ms);
  await store.append(all.map((ms) => messageAt(ms)));
  assertEquals((await pageOf(store, {}, { max: 2000 })).at, all);
  assertEquals((await pageOf(store, { with: JULIET }, { max: 1299, before: "" })).at, all.slice(1));
  assertEquals((await pageOf(store, { ids: all.map((ms) => textAt(ms)) }, { max: 2000 })).at, all);
});

test("extent() is the first and the last entry", async (store) => {
  assertEquals(await store.extent(ROMEO), undefined);
  await tenEntries(store);
  assertEquals(await store.extent(ROMEO), {
    first: { id: textAt(0), time: START },
    last: { id: textAt(90), time: START + 90 },
  });
  await store.expire(START + 85, 100);
  const last = { id: textAt(90), time: START + 90 };
  assertEquals(await store.extent(ROMEO), { first: last, last });
});

test("expire() forgets the oldest of all archives, a bounded number at a time", async (store) => {
  await store.append([conversationAt(1), messageAt(2, { archive: NURSE }), conversationAt(3), conversationAt(4)]);
  assertEquals(await store.expire(START + 1, 10), { entries: 0, more: false });
  assertEquals(await store.expire(START + 4, 3), { entries: 3, more: true });
  assertEquals(await store.extent(NURSE), undefined);
  assertEquals((await pageOf(store, {})).at, [3, 4]);
  assertEquals(await store.expire(START + 4, 1), { entries: 1, more: true });
  assertEquals(await store.expire(START + 4, 1), { entries: 1, more: false });
  for (const archive of [ROMEO, JULIET]) {
    assertEquals(await pageOf(store, {}, { archive }), { at: [4], complete: true, count: 1, index: 0 });
  }
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
  await tenEntries(store);
  await store.append([conversationAt(200)]);
  assertEquals(await store.count(ROMEO, {}), 11);
  await store.expire(START + 25, 100);
  assertEquals(await store.count(ROMEO, {}), 8);
  assertEquals(await store.count(ROMEO, { with: JULIET }), 5);
  assertEquals(await store.count(JULIET, {}), 1);
  await store.deleteArchive(JULIET);
  assertEquals(await store.count(ROMEO, {}), 8);
});
