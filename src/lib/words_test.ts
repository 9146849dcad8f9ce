import { assertEquals } from "@std/assert";
import { bytes, duration, many, when } from "./words.ts";

Deno.test("bytes(), duration() and many() say as much as a person takes in", () => {
  assertEquals([0, 999, 1000, 1_254_000, 2.5e13].map(bytes), ["0 bytes", "999 bytes", "1 kB", "1.25 MB", "25 TB"]);
  assertEquals([0.0025, 1, 40.4, 60, 3600, 5400, 90_000].map(duration), [
    "2.5 ms",
    "1 s",
    "40.4 s",
    "1 min",
    "1 h",
    "1 h 30 min",
    "1 d 1 h",
  ]);
  assertEquals([0, 1, 1234].map((value) => many(value, "reconnect")), [
    "0 reconnects",
    "1 reconnect",
    "1,234 reconnects",
  ]);
});

Deno.test("when() says how far away a time is, and the day where that is not clear", () => {
  const now = Date.UTC(2026, 10, 22, 12);
  const cases = [[-30, "just now"], [30, "any moment"], [-600, "10 min ago"], [9000, "in 2 h 30 min"]] as const;
  for (const [seconds, words] of cases) assertEquals(when(now + seconds * 1000, now).split(", ").at(-1), words);
  assertEquals(when(now + 5 * 86_400_000, now).split(", ").length, 3);
});
