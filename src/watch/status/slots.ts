import type { Minute } from "../history.ts";

/** A quarter of an hour, in milliseconds. */
const QUARTER = 15 * 60_000;

/** As many as there are in a day. */
const SLOTS = 96;

/** A quarter of an hour of the last day. */
export interface Slot {
  /** Milliseconds since 1970; slots begin at full quarters. */
  readonly from: number;
  readonly to: number;
  readonly stored: number;
  readonly lost: number;
  readonly pages: number;
  /** Bytes at its end; `undefined` where nothing is known of this time. */
  readonly size: number | undefined;
  /** The share of its minutes in which there was a connection; `undefined` where nothing is known of this time. */
  readonly connected: number | undefined;
}

/** The last day up to a time, which lies in the last slot. */
export function slotsOf(minutes: readonly Minute[], now: number): readonly Slot[] {
  const last = Math.floor(now / QUARTER);
  const byQuarter = Map.groupBy(minutes, ({ time }) => Math.floor(time / QUARTER));
  return Array.from({ length: SLOTS }, (_, index) => {
    const quarter = last - SLOTS + 1 + index;
    return slotOf(quarter * QUARTER, byQuarter.get(quarter) ?? []);
  });
}

function slotOf(from: number, minutes: readonly Minute[]): Slot {
  function sum(of: (minute: Minute) => number): number {
    return minutes.reduce((total, minute) => total + of(minute), 0);
  }
  const known = minutes.length > 0;
  return {
    from,
    to: from + QUARTER,
    stored: sum(({ stored }) => stored),
    lost: sum(({ lost }) => lost),
    pages: sum(({ pages }) => pages),
    size: minutes.at(-1)?.size,
    connected: known ? sum(({ connected }) => Number(connected)) / minutes.length : undefined,
  };
}
