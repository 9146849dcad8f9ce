/**
 * Periods, as Prosody's mod_mam writes them.
 *
 * @module
 */

/** Description of a period; completes "expected …". */
export const PERIOD = 'a whole number of seconds above 0, a period such as "30d", "1w", "6m" or "2y", or "never"';

/** Seconds in each unit: a month is 31 days and a year 365.2425, as in mod_mam. */
const UNITS = {
  "": 1,
  d: 86_400,
  w: 604_800,
  m: 2_678_400,
  y: 31_556_952,
} as const;

/**
 * Reads a period. Returns seconds; `"never"` is `Infinity`.
 * Throws `TypeError` when it is no period and `RangeError` when it is not above 0 or too long to count in milliseconds.
 */
export function parsePeriod(raw: unknown): number {
  if (typeof raw === "number") return bounded(raw);
  if (typeof raw !== "string") throw new TypeError(PERIOD);
  const written = raw.trim().toLowerCase();
  if (written === "never") return Infinity;
  const [, count, unit] = /^(\d+)\s?([dwmy]?)$/.exec(written) ?? [];
  if (count === undefined) throw new TypeError(PERIOD);
  return bounded(Number(count) * UNITS[unit as keyof typeof UNITS]);
}

function bounded(seconds: number): number {
  const countable = Number.isInteger(seconds) && Number.isSafeInteger(seconds * 1000);
  if (seconds <= 0 || !countable) throw new RangeError(PERIOD);
  return seconds;
}
