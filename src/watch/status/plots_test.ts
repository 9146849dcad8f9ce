import { assertEquals } from "@std/assert";
import { scaleBetween, scaleFor } from "./plots.ts";

function values(...numbers: readonly (number | undefined)[]): { value: number | undefined; title: string }[] {
  return numbers.map((value) => ({ value, title: "" }));
}

Deno.test("scaleFor() ends at a round number that no value exceeds", () => {
  assertEquals([[], [0], [10], [11], [1310], [9001]].map((each) => scaleFor(values(...each))), [
    10,
    10,
    10,
    15,
    1500,
    10_000,
  ]);
});

Deno.test("scaleBetween() has all values between its ends, also where they are all the same", () => {
  for (const each of [[], [undefined], [0], [5], [1.2e9, 1.24e9], [100, undefined, 100]]) {
    const { bottom, top } = scaleBetween(values(...each));
    assertEquals(bottom < top, true);
    for (const value of each) assertEquals(value === undefined || (bottom <= value && value <= top), true);
  }
});
