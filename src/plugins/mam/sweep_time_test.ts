import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { sweepTime } from "./sweep_time.ts";

const HOUR = 3600_000;
const DAY = 24 * HOUR;
const YEAR = 365 * DAY;
const LAST = Date.UTC(2026, 10, 22);

const ROWS: readonly [description: string, clock: number, last: number, time: number][] = [
  ["the first sweep believes the clock", LAST, 0, LAST],
  ["a sweep in time", LAST + 4 * HOUR, LAST, LAST + 4 * HOUR],
  ["a night off, or the hour of daylight saving", LAST + 12 * HOUR, LAST, LAST + 12 * HOUR],
  ["a clock that is a year ahead", LAST + YEAR, LAST, LAST + 4 * HOUR + DAY],
  ["a clock that was put back by an hour", LAST - HOUR, LAST, LAST - HOUR],
  ["a clock that was put back by a year", LAST - YEAR, LAST, LAST - YEAR],
];

for (const [description, clock, last, time] of ROWS) {
  Deno.test(`sweepTime() of ${description}`, () => {
    assertEquals(sweepTime(clock, last, 4 * HOUR), { time, heldBack: clock - time });
  });
}

Deno.test("sweepTime() never runs ahead of the clock, and catches up with one that is right", () => {
  fc.assert(fc.property(fc.integer({ min: 0, max: 60 }), (daysOff) => {
    let clock = LAST + daysOff * DAY;
    let last = LAST;
    for (let sweeps = 0; sweeps <= daysOff; sweeps++, clock += 4 * HOUR) {
      const { time } = sweepTime(clock, last, 4 * HOUR);
      assert(time <= clock);
      last = time;
    }
    assertEquals(last, clock - 4 * HOUR);
  }));
});
