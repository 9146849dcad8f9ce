/**
 * The time that a sweep believes in: a clock that is wrong must not erase an archive.
 *
 * @module
 */

/** Milliseconds that a sweep may move on from the one before, beyond what must have passed between them. */
const LEAP = 24 * 3600 * 1000;

export interface SweepTime {
  /** Milliseconds since 1970; entries are as old as they are at this time. */
  readonly time: number;
  /** Milliseconds by which the clock is ahead of it; 0 when the clock is believed. */
  readonly heldBack: number;
}

/**
 * The clock's time, unless it is more than a day further on than the sweep before and the time since then account for. Then a
 * sweep moves on by that day only: if the clock is right, a few sweeps catch up (a machine was off for a while); if it is
 * wrong, there are days to notice. `interval` is in milliseconds, `last` 0 where nothing was ever swept.
 */
export function sweepTime(clock: number, last: number, interval: number): SweepTime {
  const believed = last === 0 ? clock : Math.min(clock, last + interval + LEAP);
  return { time: believed, heldBack: clock - believed };
}
