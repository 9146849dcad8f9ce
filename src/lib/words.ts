/**
 * Numbers as a person reads them.
 *
 * @module
 */

const GROUPED = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
const SHORT = new Intl.NumberFormat("en", { maximumSignificantDigits: 3 });
const CLOCK = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });
const DAY = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });

/** `12,345`. */
export function count(value: number): string {
  return GROUPED.format(value);
}

/** `1 reconnect`, `2 reconnects`. */
export function many(value: number, thing: string): string {
  return `${count(value)} ${thing}${value === 1 ? "" : "s"}`;
}

/** `1.25 MB`. */
export function bytes(value: number): string {
  const units = ["bytes", "kB", "MB", "GB", "TB"];
  const power = Math.min(units.length - 1, value < 1000 ? 0 : Math.floor(Math.log10(value) / 3));
  return `${SHORT.format(value / 1000 ** power)} ${units[power]}`;
}

/** A length of time in seconds, by its two greatest units: `3 d 4 h`, `12 min`, `40 s`, `25 ms`. */
export function duration(seconds: number): string {
  if (seconds < 1) return `${SHORT.format(seconds * 1000)} ms`;
  if (seconds < 60) return `${SHORT.format(seconds)} s`;
  const minutes = Math.floor(seconds / 60);
  const parts = [[Math.floor(minutes / 1440), "d"], [Math.floor(minutes / 60) % 24, "h"], [
    minutes % 60,
    "min",
  ]] as const;
  const first = parts.findIndex(([value]) => value > 0);
  return parts.slice(first, first + 2).filter(([value]) => value > 0).map(([value, unit]) => `${value} ${unit}`).join(
    " ",
  );
}

/** `14:05`, in the time zone of the machine. */
export function clock(time: number): string {
  return CLOCK.format(time);
}

/** A time and how far it is away: `14:05, 20 min ago`, `23 Nov, 14:05, in 3 h`. */
export function when(time: number, now: number): string {
  const far = Math.abs(time - now);
  const shown = far < 12 * 3_600_000 ? clock(time) : DAY.format(time);
  if (far < 60_000) return `${shown}, ${time < now ? "just now" : "any moment"}`;
  const length = duration(far / 1000);
  return time < now ? `${shown}, ${length} ago` : `${shown}, in ${length}`;
}
