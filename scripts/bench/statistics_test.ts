import { assertEquals, assertThrows } from "@std/assert";
import { percentile, ratios, spread } from "./statistics.ts";

Deno.test("spread() gives the middle value and the ends", () => {
  assertEquals(spread([3, 1, 2]), { median: 2, least: 1, most: 3 });
  assertEquals(spread([4, 1, 2, 3]), { median: 2.5, least: 1, most: 4 });
  assertEquals(spread([7]), { median: 7, least: 7, most: 7 });
  assertThrows(() => spread([]), RangeError);
});

Deno.test("ratios() compares within a round", () => {
  assertEquals(ratios([2, 9], [1, 3]), [2, 3]);
  assertEquals(ratios([2, 9, 5], [1, 3]), [2, 3]);
});

Deno.test("percentile() interpolates between neighbours", () => {
  for (const [p, expected] of [[0, 10], [0.5, 25], [1, 40], [0.9, 37]] as const) {
    assertEquals(percentile([10, 20, 30, 40], p), expected);
  }
});
