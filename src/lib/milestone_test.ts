import { assertEquals } from "@std/assert";
import { isMilestone } from "./milestone.ts";

Deno.test("isMilestone() gets rarer: of a million times, twenty are worth a line", () => {
  const worth = Array.from({ length: 1_000_000 }, (_, index) => index + 1).filter(isMilestone);
  assertEquals(worth.slice(0, 5), [1, 2, 4, 8, 16]);
  assertEquals(worth.length, 20);
});
