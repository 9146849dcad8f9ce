/**
 * The log: events for a machine to count, messages for a person to read, one line each.
 *
 * Written here rather than taken from a logging library, because what is needed is one line to one place: the libraries
 * configure a process-wide registry, and the care that matters (nothing from the network may forge a line or move a
 * terminal's cursor) would have to be added to them all the same.
 *
 * @module
 */

/** How much is logged: each level includes those after it. */
export const LEVELS = ["debug", "info", "warn", "error"] as const;
export type Level = typeof LEVELS[number];

/** Details of an event, by name. An `Error` is shown with its causes. */
export type Fields = Readonly<Record<string, unknown>>;

/** Where events are told. `event` is stable (`archive.swept`), `message` is for people. */
export interface Log {
  debug(event: string, message: string, fields?: Fields): void;
  info(event: string, message: string, fields?: Fields): void;
  warn(event: string, message: string, fields?: Fields): void;
  error(event: string, message: string, fields?: Fields): void;
  /** A log whose every event has these fields. */
  child(fields: Fields): Log;
}
