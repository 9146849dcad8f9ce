/**
 * The time that a sweep believes in: a clock that is wrong must not erase an archive.
 *
 * @module
 */
import { EPOCH, timeOfNumber } from "../../../store/id.ts";

const HOUR = 3600 * 1000;

/** Milliseconds that a sweep may be further on than the clock has shown before, until somebody is told. */
const NOTABLE = 24 * HOUR;

/** Milliseconds by which the first sweep of all may be further on than the newest entry: nobody may have written for a day. */
const PAUSE = 24 * HOUR;

/** Evidence for the time that the clock shows. */
export interface Evidence {
  /** The time by which the last sweep went, in milliseconds since 1970; 0 where nothing was ever swept. */
  readonly last: number;
  /** The greatest number of an entry; 0 where there never was one. */
  readonly newest: number;
  /** Milliseconds that this sweep may move on; `Infinity` where the clock is trusted. */
  readonly allowance: number;
}

export interface SweepTime {
  /** Milliseconds since 1970; entries are as old as they are at this time. */
  readonly time: number;
  /** Milliseconds by which the clock is ahead of it; 0 when the clock is believed. */
  readonly heldBack: number;
}

/**
 * The clock's time, unless that is further on than the evidence allows. If the clock is right, later sweeps catch up; if it is
 * wrong, there is time to notice. What was swept before there can have been entries, under a clock that started in 1970, is
 * no evidence.
 */
export function sweepTime(clock: number, { last, newest, allowance }: Evidence): SweepTime {
  const time = Math.min(clock, latest({ last, newest, allowance }));
  return { time, heldBack: clock - time };
}

function latest({ last, newest, allowance }: Evidence): number {
  if (last >= EPOCH) return last + allowance;
  return newest > 0 ? timeOfNumber(newest) + Math.max(allowance, PAUSE) : Infinity;
}

/** True when a sweep is held back by more than a night off, or the rest of an interval, can account for. */
export function isNotable({ heldBack }: SweepTime): boolean {
  return heldBack > NOTABLE;
}

/**
 * Says at each sweep of a process how far it may move on: twice what has passed since its sweep before, by a clock that nobody
 * sets (`now`, in milliseconds), once for that time itself and once to catch up. What passed before its first sweep it cannot
 * know: that may move on by an hour, so that a service that is restarted every hour still keeps pace.
 */
export function createPace(now: () => number = () => performance.now()): () => number {
  let before: number | undefined;
  return () => {
    const at = now();
    const allowance = before === undefined ? HOUR : Math.floor(2 * (at - before));
    before = at;
    return allowance;
  };
}
