/**
 * Events of the log.
 *
 * @module
 */

/** Levels of the log: each includes those after it. */
export const LEVELS = ["debug", "info", "warn", "error"] as const;
export type Level = typeof LEVELS[number];

/** Details of an event, by name. An `Error` is shown with its causes. */
export type Fields = Readonly<Record<string, unknown>>;

/** One event, as it was told. */
export interface LogEvent {
  readonly level: Level;
  readonly event: string;
  readonly message: string;
  readonly fields: Fields;
}
