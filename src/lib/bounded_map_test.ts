import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { BoundedMap } from "./bounded_map.ts";

Deno.test("BoundedMap forgets the key that was put in first", () => {
  const map = new BoundedMap<string, number>(2);
  map.set("a", 1);
  map.set("b", 2);
  map.set("a", 3);
  map.set("c", 4);
  assertEquals([map.get("a"), map.get("b"), map.get("c")], [3, undefined, 4]);
});

Deno.test("BoundedMap holds the keys that were put in last, whatever was deleted or cleared before", () => {
  const key = fc.integer({ min: 0, max: 9 });
  const deed = fc.oneof(
    { weight: 8, arbitrary: fc.record({ do: fc.constant("set" as const), key }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant("delete" as const), key }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant("clear" as const), key }) },
  );
  fc.assert(fc.property(fc.array(deed, { maxLength: 200 }), (deeds) => {
    const map = new BoundedMap<number, number>(4);
    let expected: number[] = [];
    for (const { do: what, key } of deeds) {
      if (what === "set") map.set(key, key);
      else if (what === "delete") map.delete(key);
      else map.clear();
      expected = what === "clear" ? [] : expected.filter((other) => other !== key);
      if (what === "set") expected = [...expected, key].slice(-4);
      assertEquals(Array.from({ length: 10 }, (_, key) => key).filter((key) => map.has(key)), expected.toSorted());
    }
  }));
});
