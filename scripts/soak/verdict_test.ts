import { assertEquals, assertThrows } from "@std/assert";
import type { Minute } from "./minute.ts";
import { judge } from "./verdict.ts";

const QUIET: Minute = {
  minute: 1,
  memory: 100e6,
  cpu: 1,
  files: 20,
  database: 5e6,
  log: 2e6,
  messages: 1200,
  messageTime: { p50: 2, p99: 9 },
  pages: 120,
  pageTime: { p50: 8, p99: 20 },
  failures: [],
};

function growing(minutes: readonly Partial<Minute>[]): string[] {
  const observed = minutes.map((minute) => ({ ...QUIET, ...minute }));
  return judge(observed).filter(({ flat }) => !flat).map(({ quantity }) => quantity);
}

Deno.test("judge() finds flat what stays as it was, and what falls", () => {
  assertEquals(growing([{}, {}, {}]), []);
  assertEquals(growing([{ memory: 200e6 }, {}, {}]), []);
});

Deno.test("judge() compares the medians of the first and the last third", () => {
  assertEquals(growing([{}, { memory: 500e6 }, {}]), []);
  assertEquals(growing([{}, {}, {}, {}, {}, {}, { memory: 900e6 }, {}, {}]), []);
  assertEquals(growing([{}, {}, {}, {}, {}, {}, { memory: 900e6 }, { memory: 900e6 }, {}]), ["memory MB"]);
});

Deno.test("judge() finds each quantity that grows", () => {
  for (
    const [minute, quantity] of [
      [{ memory: 120e6 }, "memory MB"],
      [{ files: 22 }, "files"],
      [{ database: 8e6 }, "database MB"],
      [{ log: 4e6 }, "log MB"],
      [{ messageTime: { p50: 5, p99: 9 } }, "message p50"],
      [{ messageTime: { p50: 2, p99: 29 } }, "message p99"],
      [{ pageTime: { p50: 14, p99: 20 } }, "page p50"],
      [{ pageTime: { p50: 8, p99: 60 } }, "page p99"],
    ] as const
  ) {
    assertEquals(growing([{}, {}, minute]), [quantity]);
  }
});

Deno.test("judge() needs three minutes", () => {
  assertThrows(() => judge([QUIET, QUIET]), RangeError);
});
