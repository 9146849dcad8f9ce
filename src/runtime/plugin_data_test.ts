import { assertEquals, assertRejects } from "@std/assert";
import { openMemoryStore } from "../store/memory/mod.ts";
import { type Data, openData } from "./plugin_data.ts";

function dataOf(plugin: string, store: ReturnType<typeof openMemoryStore> = openMemoryStore()): Data {
  return openData(() => Promise.resolve(store), plugin, "all");
}

Deno.test("openData() keeps texts by key, each plugin's apart", async () => {
  const store = openMemoryStore();
  const [one, other] = [dataOf("one", store), dataOf("other", store)];
  await one.set("key", "value");
  await one.set("key", "new");
  assertEquals([await one.get("key"), await other.get("key")], ["new", undefined]);
  await one.delete("key");
  await one.delete("key");
  assertEquals(await one.keys(), []);
});

Deno.test("update() loses no change when several are made at once", async () => {
  const data = dataOf("counter");
  const add = (count = "0"): string => String(Number(count) + 1);
  await Promise.all(Array.from({ length: 20 }, () => data.update("count", add)));
  assertEquals(await data.get("count"), "20");
});

Deno.test("openData() bounds keys and values in bytes", async () => {
  const data = dataOf("large");
  await data.set("k".repeat(1024), "v".repeat(65536));
  await assertRejects(
    () => data.set("é".repeat(513), ""),
    RangeError,
    "Found a key of 1026 bytes, expected at most 1024",
  );
  await assertRejects(() => data.set("", ""), RangeError, "Found an empty key");
  await assertRejects(() => data.set("k", "v".repeat(65537)), RangeError, "Found a value of 65537 bytes");
  await assertRejects(() => data.set("k", 1 as unknown as string), TypeError, "Found a value of the type number");
  assertEquals(await data.keys({ limit: 10 }), ["k".repeat(1024)]);
});
