/**
 * Lines that commands print.
 *
 * @module
 */
import { visible } from "../log/log_line.ts";

/** A time in UTC, to the second, in the form that `--before` takes: `2026-11-22T18:00:00Z`. */
export function stamp(time: number): string {
  return new Date(time).toISOString().replace(/\.\d+Z$/, "Z");
}

/** The same for programs, to the millisecond; `null` where there is no time. */
export function jsonStamp(time: number | undefined): string | null {
  return time === undefined ? null : new Date(time).toISOString();
}

/** Lines of a name and a value, the values below each other. */
export function columns(rows: readonly (readonly [name: string, value: string])[]): string {
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows.map(([name, value]) => `${visible(`${name.padEnd(width)}  ${value}`).trimEnd()}\n`).join("");
}

/** One line of JSON. */
export function jsonLine(value: unknown): string {
  return `${JSON.stringify(value)}\n`;
}
