/**
 * Values that plugins keep, each under a key of a space.
 *
 * @module
 */
import type { DatumChange } from "../archive.ts";
import type { Queries } from "./queries.ts";

export function readDatum(queries: Queries, space: string, key: string): string | undefined {
  return queries.get<{ value: string }>("SELECT value FROM datum WHERE space = ? AND key = ?", space, key)?.value;
}

export function listDataKeys(
  queries: Queries,
  space: string,
  { after, limit }: { after: string; limit: number },
): string[] {
  const rows = queries.all<{ key: string }>(
    "SELECT key FROM datum WHERE space = ? AND key > ? ORDER BY key LIMIT ?",
    space,
    after,
    limit,
  );
  return rows.map(({ key }) => key);
}

export function listDataSpaces(queries: Queries): string[] {
  return queries.all<{ space: string }>("SELECT DISTINCT space FROM datum ORDER BY space").map(({ space }) => space);
}

export function changeDatum(queries: Queries, space: string, key: string, { from, to }: DatumChange): boolean {
  if (readDatum(queries, space, key) !== from) return false;
  if (to === undefined) queries.run("DELETE FROM datum WHERE space = ? AND key = ?", space, key);
  else queries.run("INSERT OR REPLACE INTO datum (space, key, value) VALUES (?, ?, ?)", space, key, to);
  return true;
}
