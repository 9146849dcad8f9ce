/** The contract of stores: pages, held against every kind of store. */
import { assertEquals } from "@std/assert";
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
import { COUNTED } from "./selection.ts";
import { testStores as test } from "../../tests/support/store/stores.ts";

test("page() of an archive that holds nothing is empty and complete", async (store) => {
  assertEquals(await pageOf(store, {}), { at: [], complete: true, count: 0 });
  assertEquals(await pageOf(store, { with: JULIET, start: START }), { at: [], complete: true, count: 0 });
});

test("page() goes through the archive in either direction (XEP-0313 §Paging through results)", async (store) => {
  await store.append(tenEntries());
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
  });
  assertEquals(await pageOf(store, {}, { max: 4, before: textAt(0) }), { at: [], complete: true, ...all });
});

test("page() is complete when it ends just where the matches do (XEP-0313 §Requesting pages)", async (store) => {
  await store.append(tenEntries());
  assertEquals((await pageOf(store, {}, { max: 9 })).complete, false);
  assertEquals((await pageOf(store, {}, { max: 10 })).complete, true);
  assertEquals((await pageOf(store, { with: NURSE }, { max: 4 })).complete, false);
  assertEquals((await pageOf(store, { with: NURSE }, { max: 5 })).complete, true);
  assertEquals((await pageOf(store, { with: NURSE }, { max: 4, before: "" })).complete, false);
  assertEquals((await pageOf(store, { with: NURSE }, { max: 5, before: "" })).complete, true);
});

test("page() with both positions holds what lies between, nearest to the later one", async (store) => {
  await store.append(tenEntries());
  const between = (max: number) => pageOf(store, {}, { max, after: textAt(20), before: textAt(60) });
  assertEquals(await between(2), { at: [40, 50], complete: false, count: 10 });
  assertEquals(await between(3), { at: [30, 40, 50], complete: true, count: 10 });
});

test("page() says how many match and where it begins, where that takes little", async (store) => {
  await store.append(tenEntries());
  const nurse = { with: NURSE };
  assertEquals(await pageOf(store, nurse), { at: [0, 20, 40, 60, 80], complete: true, count: 5, index: 0 });
  assertEquals(await pageOf(store, nurse, { max: 2 }), { at: [0, 20], complete: false, count: 5, index: 0 });
  assertEquals(await pageOf(store, nurse, { max: 2, before: "" }), { at: [60, 80], complete: false, count: 5 });
  assertEquals(await pageOf(store, nurse, { max: 2, after: textAt(60) }), {
    at: [80],
    complete: true,
    count: 5,
    index: 4,
  });
  assertEquals(await pageOf(store, nurse, { max: 5, before: "" }), {
    at: [0, 20, 40, 60, 80],
    complete: true,
    count: 5,
  });
});

test("page() counts what its filter matches, wherever it is (XEP-0059 §Counting the items)", async (store) => {
  await store.append(tenEntries());
  const table = [
    [{ start: START + 20 }, 8],
    [{ start: START + 20, end: START + 70 }, 6],
    [{ with: NURSE, start: START + 20 }, 4],
    [{ with: NURSE, resource: "orchard" }, 0],
    [{ with: "montague.example" }, 0],
    [{ afterId: textAt(20) }, 7],
    [{ beforeId: textAt(70), with: JULIET }, 3],
    [{ afterId: textAt(20), beforeId: textAt(70), end: START + 59 }, 3],
  ] as const;
  for (const [filter, count] of table) {
    for (const paging of [{}, { before: "" }, { after: textAt(40) }, { before: textAt(40) }, { after: textAt(90) }]) {
      assertEquals((await pageOf(store, filter, { max: 1, ...paging })).count, count);
    }
  }
});

test("page() counts no more matches than a page can wait for", async (store) => {
  await store.append(Array.from({ length: COUNTED + 1 }, (_, ms) => messageAt(ms, { with: NURSE })));
  for (const filter of [{ start: START }, { with: NURSE }, { with: NURSE, start: START }]) {
    assertEquals((await pageOf(store, filter)).count, undefined);
    assertEquals((await pageOf(store, { ...filter, end: START + COUNTED - 1 })).count, COUNTED);
  }
  assertEquals((await pageOf(store, {})).count, COUNTED + 1);
});

test("page() counts those with one correspondent among many entries", async (store) => {
  const later = 5_000_000;
  const visits = [later, later + 1, later + 2, 3 * later].map((ms, index) => (
    messageAt(ms, { with: NURSE, resource: index % 2 === 0 ? "orchard" : "" })
  ));
  await store.append([...Array.from({ length: COUNTED + 1 }, (_, ms) => messageAt(ms)), ...visits]);
  await store.append([messageAt(later + 3), messageAt(3 * later + 1, { with: NURSE })]);
  const table = [
    [{ with: NURSE }, 5],
    [{ with: NURSE, resource: "orchard" }, 2],
    [{ with: NURSE, start: START }, 5],
    [{ with: NURSE, end: START + later + 1 }, 2],
    [{ with: NURSE, beforeId: textAt(3 * later) }, 3],
    [{ with: ROMEO }, 0],
  ] as const;
  for (const [filter, count] of table) assertEquals((await pageOf(store, filter, { max: 1 })).count, count);
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
  await store.append(tenEntries());
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
  await store.append(tenEntries());
  const filter = { afterId: textAt(20), beforeId: textAt(70) };
  assertEquals(await pageOf(store, filter), { at: [30, 40, 50, 60], complete: true, count: 4, index: 0 });
  assertEquals((await pageOf(store, filter, { max: 2 })).at, [30, 40]);
  assertEquals((await pageOf(store, filter, { max: 2, before: "" })).at, [50, 60]);
  assertEquals((await pageOf(store, filter, { after: textAt(50) })).at, [60]);
  assertEquals((await pageOf(store, filter, { after: textAt(0) })).at, [30, 40, 50, 60]);
  assertEquals(await store.count(ROMEO, filter), 4);
});

test("page() takes a position that does not match the filter", async (store) => {
  await store.append(tenEntries());
  assertEquals((await pageOf(store, { with: NURSE }, { after: textAt(30) })).at, [40, 60, 80]);
  assertEquals((await pageOf(store, { start: START + 50 }, { after: textAt(0), max: 2 })).at, [50, 60]);
});

test("page() by ids answers in order of arrival, each once (XEP-0313 §Limiting results by id)", async (store) => {
  await store.append(tenEntries());
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
