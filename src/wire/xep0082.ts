/**
 * XEP-0082: XMPP Date and Time Profiles, version 1.1.1: the profile DateTime.
 *
 * @module
 */

const DATE_TIME = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d+))?(?:Z|([+-])(\d\d):(\d\d))$/;

const MINUTE = 60_000;

/** Text of 0 to 99. */
const DIGITS: readonly string[] = Array.from({ length: 100 }, (_, value) => String(value).padStart(2, "0"));

/** The first and the last millisecond that four digits of a year can name; there is no year 0 (XML Schema 1.0 §3.2.7). */
const EARLIEST = -62_135_596_800_000;
export const LATEST = 253_402_300_799_999;

/**
 * Writes a time, in milliseconds since 1970, as UTC: `2026-11-22T18:00:00.000Z`; a page has fifty of them, for which
 * `Date.toISOString` takes three times as long. Throws `RangeError` outside the years 1 to 9999.
 */
export function formatStamp(ms: number): string {
  if (!(ms >= EARLIEST && ms <= LATEST)) {
    throw new RangeError(`Cannot write a time: found ${ms} ms since 1970, expected the years 1 to 9999`);
  }
  const date = new Date(ms);
  const year = date.getUTCFullYear();
  const time = mod(date.getTime(), 1440 * MINUTE);
  const [minutes, seconds] = [time / MINUTE, time / 1000];
  return `${two(year / 100)}${two(year % 100)}-${two(date.getUTCMonth() + 1)}-${two(date.getUTCDate())}T` +
    `${two(minutes / 60)}:${two(minutes % 60)}:${two(seconds % 60)}.${String(1000 + time % 1000).slice(1)}Z`;
}

/** Two digits for the integer part of a value from 0 to less than 100. */
function two(value: number): string {
  return DIGITS[Math.floor(value)] ?? "";
}

/** Reads a time into milliseconds since 1970, whatever is finer cut off; `undefined` when it is not of this profile. */
export function parseStamp(text: string): number | undefined {
  const match = DATE_TIME.exec(text);
  if (match === null) return undefined;
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const offset = readOffset(match[8], match[9], match[10]);
  if (offset === undefined || hour > 23 || minute > 59 || second > 60) return undefined;
  const midnight = new Date(0);
  midnight.setUTCFullYear(year, month - 1, day);
  // A day or month that does not exist has rolled over.
  if (midnight.getUTCMonth() !== month - 1 || midnight.getUTCDate() !== day) return undefined;
  const minutes = midnight.getTime() + (hour * 60 + minute - offset) * MINUTE;
  // RFC 3339 §5.7: a leap second ends a day of UTC. It counts as the second after it, as everywhere on POSIX systems.
  if (second === 60 && mod(minutes, 1440 * MINUTE) !== 1439 * MINUTE) return undefined;
  const fraction = Number((match[7] ?? "").slice(0, 3).padEnd(3, "0"));
  const ms = minutes + second * 1000 + fraction;
  return ms >= EARLIEST && ms <= LATEST ? ms : undefined;
}

/** Minutes east of UTC, at most 14 hours (XML Schema 1.0 §3.2.7.3). */
function readOffset(sign: string | undefined, hours = "0", minutes = "0"): number | undefined {
  const offset = Number(hours) * 60 + Number(minutes);
  if (Number(minutes) > 59 || offset > 14 * 60) return undefined;
  return sign === "-" ? -offset : offset;
}

function mod(dividend: number, divisor: number): number {
  return ((dividend % divisor) + divisor) % divisor;
}
