import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { EPOCH, firstNumberAt } from "../../../store/id.ts";
import { createPace, sweepTime } from "./sweep_time.ts";

const HOUR = 3600_000;
const DAY = 24 * HOUR;
const WEEK = 7 * DAY;
const YEAR = 365 * DAY;
const LAST = Date.UTC(2026, 10, 22);
const NEWEST = firstNumberAt(LAST);

const ROWS: readonly [description: string, clock: number, last: number, newest: number, time: number][] = [
  ["the first sweep of an empty store believes the clock", LAST, 0, 0, LAST],
  ["the first sweep", LAST + HOUR, 0, NEWEST, LAST + HOUR],
  ["the first sweep, and a clock that is a year ahead of the newest entry", LAST + YEAR, 0, NEWEST, LAST + DAY],
  ["a clock that was at 1970 at the sweep before", LAST, 5000, 0, LAST],
  ["the same with entries", LAST + YEAR, EPOCH - 1, NEWEST, LAST + DAY],
  ["a sweep in time", LAST + 4 * HOUR, LAST, NEWEST, LAST + 4 * HOUR],
  ["a clock that is a year ahead", LAST + YEAR, LAST, NEWEST, LAST + 8 * HOUR],
  [
    "a clock that is a year ahead, and has stamped entries",
    LAST + YEAR,
    LAST,
    firstNumberAt(LAST + YEAR),
    LAST + 8 * HOUR,
  ],
  ["a clock that was put back by an hour", LAST - HOUR, LAST, NEWEST, LAST - HOUR],
  ["a clock that was put back by a year", LAST - YEAR, LAST, NEWEST, LAST - YEAR],
];

for (const [description, clock, last, newest, time] of ROWS) {
  Deno.test(`sweepTime() of ${description}`, () => {
    assertEquals(sweepTime(clock, { last, newest, allowance: 8 * HOUR }), { time, heldBack: clock - time });
  });
}

Deno.test("sweepTime() believes a clock that is trusted", () => {
  for (const last of [0, LAST]) {
    const evidence = { last, newest: NEWEST, allowance: Infinity };
    assertEquals(sweepTime(LAST + YEAR, evidence), { time: LAST + YEAR, heldBack: 0 });
  }
});

/** The times by which a service sweeps whose clock is ahead by `ahead`: so many sweeps at an interval, by real time. */
function* sweeps(ahead: number, interval: number, duration: number): Generator<{ time: number; clock: number }> {
  let real = 0;
  let last = LAST;
  const pace = createPace(() => real);
  for (; real <= duration; real += interval) {
    const clock = LAST + ahead + real;
    const { time } = sweepTime(clock, { last, newest: NEWEST, allowance: pace() });
    yield { time, clock };
    last = Math.max(last, time);
  }
}

for (const interval of [1000, 60_000, HOUR, 4 * HOUR, DAY]) {
  Deno.test(`A clock that is a year ahead gains a day a day at most, swept every ${interval / 1000} s`, () => {
    // As many sweeps as are quick to try, of whatever duration that is.
    const duration = Math.min(WEEK, 20_000 * interval);
    for (const { time, clock } of sweeps(YEAR, interval, duration)) {
      const real = clock - YEAR - LAST;
      assert(time <= LAST + 2 * real + HOUR);
    }
  });
}

Deno.test("A service that is started again and again gains an hour a start at most", () => {
  let last = LAST;
  for (let start = 1; start <= 100; start++) {
    last = sweepTime(LAST + YEAR, { last, newest: NEWEST, allowance: createPace()() }).time;
    assertEquals(last, LAST + start * HOUR);
  }
});

Deno.test("A service that was off catches up in the time that it was off, and never runs ahead of the clock", () => {
  fc.assert(fc.property(fc.integer({ min: 0, max: 90 }), (daysOff) => {
    let end = { time: 0, clock: 0 };
    for (end of sweeps(daysOff * DAY, 4 * HOUR, daysOff * DAY)) assert(end.time <= end.clock);
    assertEquals(end.time, end.clock);
  }));
});

Deno.test("createPace() says whole milliseconds, as a time has them", () => {
  const times = [0.25, 1000.5, 1000.75];
  const pace = createPace(() => times.shift() ?? 0);
  assertEquals([pace(), pace(), pace()], [HOUR, 2000, 0]);
});
