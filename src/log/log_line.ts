/**
 * Events as lines. Whatever an event carries, its line is one line: text from the network can neither forge a second one
 * nor move a terminal's cursor.
 *
 * @module
 */
import type { LogEvent } from "./log_event.ts";

/** An event as a JSON object. */
export function jsonLine(time: string, { level, event, message, fields }: LogEvent): string {
  const head = { time, level, event, message };
  return visible(JSON.stringify({ ...head, ...plainFields(fields), ...head }));
}

/** An event for a person: time, level, message, and the rest as `key=value`. */
export function textLine(time: string, { level, event, message, fields }: LogEvent): string {
  const pairs = Object.entries({ event, ...plainFields(fields) }).map(([key, value]) => ` ${word(key)}=${word(value)}`);
  return visible(`${time} ${level.padEnd(5)} ${message}${pairs.join("")}`);
}

/** An error and its causes on one line. */
export function describeError(error: unknown, depth = 0): string {
  if (!(error instanceof Error)) return String(error);
  const said = error.message === "" ? error.name : `${error.name}: ${error.message}`;
  if (depth === MAX_DEPTH) return said;
  const within = error instanceof AggregateError ? error.errors : [];
  const causes = error.cause === undefined ? within : [...within, error.cause];
  return [said, ...causes.map((cause) => `caused by ${describeError(cause, depth + 1)}`)].join("; ");
}

/** Causes may form a circle. */
const MAX_DEPTH = 4;

/** Returns the fields without those that are undefined. */
function plainFields(fields: LogEvent["fields"]): Record<string, unknown> {
  const told = Object.entries(fields).filter(([, value]) => value !== undefined);
  return Object.fromEntries(told.map(([key, value]) => [key, plain(value)]));
}

/** Converts a value to what JSON can say; never throws, whatever it is given. */
function plain(value: unknown): unknown {
  if (value instanceof Error) return describeError(value);
  if (typeof value === "number" && !Number.isFinite(value)) return String(value);
  try {
    return JSON.parse(JSON.stringify(value));
  } catch {
    return String(value);
  }
}

/** A value as one word: quoted where it would not be read as one. */
function word(value: unknown): string {
  return typeof value === "string" && /^[^\s"=]+$/.test(value) ? value : JSON.stringify(value);
}

/**
 * Writes out what a terminal or a reader of lines would act upon instead of showing: control and format characters (those
 * that reorder text included) and the line ends of Unicode. In JSON they occur in strings only, where this is their escape.
 */
export function visible(line: string): string {
  return line.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (character) => {
    const units = Array.from({ length: character.length }, (_, i) => character.charCodeAt(i));
    return units.map((unit) => `\\u${unit.toString(16).padStart(4, "0")}`).join("");
  });
}
