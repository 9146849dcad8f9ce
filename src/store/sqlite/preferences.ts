/**
 * The table of preferences; lists of JIDs are JSON.
 *
 * @module
 */
import type { Preferences } from "../archive.ts";
import type { Queries } from "./queries.ts";

interface Columns {
  readonly fallback: Preferences["default"];
  readonly always: string;
  readonly never: string;
}

export function readPreferences(queries: Queries, owner: string): Preferences | undefined {
  const row = queries.get<Columns>("SELECT fallback, always, never FROM preferences WHERE owner = ?", owner);
  return row && { default: row.fallback, always: JSON.parse(row.always), never: JSON.parse(row.never) };
}

export function writePreferences(queries: Queries, owner: string, preferences: Preferences): void {
  const { default: fallback, always, never } = preferences;
  queries.run(
    "INSERT OR REPLACE INTO preferences (owner, fallback, always, never) VALUES (?, ?, ?, ?)",
    owner,
    fallback,
    JSON.stringify(always),
    JSON.stringify(never),
  );
}
