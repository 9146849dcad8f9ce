/** The contract of stores: values that plugins keep beside the archives, held against every kind of store. */
import { assertEquals, assertRejects } from "@std/assert";
import type { ArchiveStore } from "./archive.ts";
import { UnkeepableError } from "./error.ts";
import { conversationAt, START } from "../../tests/support/store/messages.ts";
import { testStores as test } from "../../tests/support/store/stores.ts";

const SPACE = "visits/all";

function put(store: ArchiveStore, key: string, to: string | undefined, from?: string): Promise<boolean> {
  return store.changeDatum(SPACE, key, { from, to });
}

test("a value is changed only from what it is", async (store) => {
  assertEquals(await store.datum(SPACE, "a"), undefined);
  assertEquals(await put(store, "a", "1"), true);
  assertEquals(await put(store, "a", "other"), false);
  assertEquals(await put(store, "a", "2", "0"), false);
  assertEquals(await put(store, "a", "2", "1"), true);
  assertEquals(await store.datum(SPACE, "a"), "2");
  assertEquals(await put(store, "a", undefined, "1"), false);
  assertEquals(await put(store, "a", undefined), false);
  assertEquals(await put(store, "a", undefined, "2"), true);
  assertEquals(await put(store, "a", undefined), true);
  assertEquals(await store.datum(SPACE, "a"), undefined);
});

test("keys are listed in parts, and spaces do not meet", async (store) => {
  const keys = ["", "a", "b", "é", "ü"].map((key) => `key ${key}`);
  for (const key of keys) await put(store, key, "");
  await store.changeDatum("other/all", "key a", { from: undefined, to: "other" });
  const [first = "", second = ""] = await store.dataKeys(SPACE, "", 2);
  const rest = await store.dataKeys(SPACE, second, 10);
  assertEquals(new Set([first, second, ...rest]), new Set(keys));
  assertEquals(rest.length, 3);
  assertEquals(await store.datum(SPACE, "key a"), "");
  assertEquals(await store.dataSpaces(), ["other/all", SPACE]);
  await store.changeDatum("other/all", "key a", { from: "other", to: undefined });
  assertEquals(await store.dataSpaces(), [SPACE]);
});

test("no sweep touches data, and no archive shows it", async (store) => {
  await store.append([conversationAt(0)]);
  await put(store, "a", "kept");
  while ((await store.expire(START + 1_000_000, 10)).more);
  assertEquals(await store.datum(SPACE, "a"), "kept");
  assertEquals(await store.owners("a.test", "", 10), []);
  assertEquals((await store.survey()).entries, 0);
});

test("a value with U+0000 is refused", async (store) => {
  await assertRejects(() => put(store, "a", "\0"), UnkeepableError, "Cannot keep the character U+0000");
  await assertRejects(() => put(store, "\0", "a"), UnkeepableError);
});
