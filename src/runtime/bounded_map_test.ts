import { assertEquals } from "@std/assert";
import { BoundedMap } from "./bounded_map.ts";

Deno.test("BoundedMap forgets the key that was put in first", () => {
  const map = new BoundedMap<string, number>(2);
  map.set("a", 1);
  map.set("b", 2);
  map.set("a", 3);
  map.set("c", 4);
  assertEquals([map.get("a"), map.get("b"), map.get("c")], [3, undefined, 4]);
});
