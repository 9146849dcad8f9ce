/** The contract of stores: figures of archives as a whole, held against every kind of store. */
import { assertEquals } from "@std/assert";
import { openSqliteReader } from "./sqlite/mod.ts";
import {
  conversationAt,
  JULIET,
  messageAt,
  NURSE,
  pageOf,
  ROMEO,
  START,
  tenEntries,
  textAt,
} from "../../tests/support/store/messages.ts";
import { KINDS, testStores as test } from "../../tests/support/store/stores.ts";

test("survey() counts archives that hold something, and what they hold", async (store) => {
  assertEquals(await store.survey(), { archives: 0, entries: 0, oldest: undefined, newest: undefined });
  await store.append([conversationAt(1), conversationAt(2), messageAt(3)]);
  await store.setPreferences(NURSE, { default: "never", always: [], never: [] });
  assertEquals(await store.survey(), { archives: 2, entries: 5, oldest: START + 1, newest: START + 3 });
});

test("due() is what a sweep would forget", async (store) => {
  await store.append([...tenEntries(), conversationAt(95)]);
  assertEquals(await store.due(START + 30, Infinity), { expired: 3, beyond: 0 });
  assertEquals(await store.due(-Infinity, 4), { expired: 0, beyond: 7 });
  assertEquals(await store.due(START + 30, 4), { expired: 3, beyond: 4 });
  assertEquals(await store.due(START + 96, 1), { expired: 12, beyond: 0 });
});

test("chronicle() is what was noted: spans grow, counts add up", async (store) => {
  assertEquals(await store.chronicle(), { connections: [], counted: {} });
  await store.note({ connected: { began: 1000, ended: 1000 }, counted: {} });
  await store.note({ connected: { began: 1000, ended: 2000 }, counted: { stored: 3, presence: 1 } });
  await store.note({ connected: { began: 5000, ended: 6000 }, counted: { stored: 4 } });
  await store.note({ counted: {} });
  assertEquals(await store.chronicle(), {
    connections: [{ began: 1000, ended: 2000 }, { began: 5000, ended: 6000 }],
    counted: { stored: 7, presence: 1 },
  });
});

test("forget() takes from one archive what is named, and leaves others their copies", async (store) => {
  await store.append([conversationAt(1), conversationAt(2), messageAt(3)]);
  assertEquals(await store.forget(ROMEO, [textAt(2), textAt(3), "no such id"]), 2);
  assertEquals(await store.forget(ROMEO, [textAt(2)]), 0);
  assertEquals(await store.forget(NURSE, [textAt(1)]), 0);
  assertEquals((await pageOf(store, {})).at, [1]);
  assertEquals((await pageOf(store, {}, { archive: JULIET })).at, [1, 2]);
  assertEquals(await store.count(ROMEO, {}), 1);
});

Deno.test("A reader beside the store sees what that has, and what it adds", async () => {
  for (const kind of KINDS) {
    await using opened = await kind.open();
    const { store, path } = opened;
    if (path === undefined) continue;
    await store.append(tenEntries());
    await using reader = openSqliteReader(path);
    await store.note({ connected: { began: 1, ended: 2 }, counted: { stored: 10 } });
    await store.noteSweep(START);
    for (let more = 0; more < 2; more++) {
      assertEquals(await reader.survey(), await store.survey());
      assertEquals(
        await reader.page(ROMEO, { with: NURSE }, { max: 3 }),
        await store.page(ROMEO, { with: NURSE }, { max: 3 }),
      );
      assertEquals(await reader.count(ROMEO, { start: START + 20 }), await store.count(ROMEO, { start: START + 20 }));
      assertEquals(await reader.extent(ROMEO), await store.extent(ROMEO));
      assertEquals(await reader.chronicle(), await store.chronicle());
      assertEquals(await reader.due(START + 50, 2), await store.due(START + 50, 2));
      assertEquals(reader.sweptAt, START);
      assertEquals(reader.size, store.size);
      await store.append([conversationAt(100)]);
    }
  }
});

Deno.test("The chronicle is bounded: the latest connections, and so many words", async () => {
  for (const kind of KINDS.filter(({ name }) => name === "sqlite")) {
    await using opened = await kind.open();
    const { store } = opened;
    for (let at = 1; at <= 1003; at++) {
      await store.note({ connected: { began: at, ended: at }, counted: { [`word ${at}`]: 1 } });
    }
    const { connections, counted } = await store.chronicle();
    assertEquals([connections.length, connections[0]?.began], [1000, 4]);
    assertEquals([Object.keys(counted).length, counted.other], [101, 903]);
  }
});
