/**
 * Positions of owners: ids that clients were told and under which nothing is kept. They are rare: what has an entry is never
 * looked for here. What removes some returns how many went.
 *
 * @module
 */
import type { Position } from "../archive.ts";
import type { ArchiveId } from "../id.ts";
import { idOf, type IdRow, numbersAmong, ownIds } from "../own_ids.ts";
import type { Queries } from "./queries.ts";

const NAMED = "SELECT number, random FROM json_each(?2) CROSS JOIN position ON owner = ?1 AND number = value";

/** The numbers of those ids that are positions of an owner. */
export function locatePositions(queries: Queries, owner: string, texts: readonly string[]): Map<string, number> {
  const ids = ownIds(texts);
  const numbers = JSON.stringify(ids.map(({ number }) => number));
  return numbersAmong(queries.bigints<IdRow>(NAMED, owner, numbers).map(idOf), ids);
}

const FOLLOWING = "SELECT number, random FROM position WHERE owner = ? AND number > ? ORDER BY number LIMIT ?";

export function listPositions(
  queries: Queries,
  owner: string,
  { after, limit }: { readonly after: number; readonly limit: number },
): ArchiveId[] {
  return queries.bigints<IdRow>(FOLLOWING, owner, after, limit).map(idOf);
}

export function insertPosition(queries: Queries, { archive, id: { number, random } }: Position): void {
  queries.run(
    "INSERT OR IGNORE INTO position (owner, number, random) VALUES (?, ?, ?)",
    archive,
    number,
    BigInt.asIntN(64, random),
  );
}

const EXPIRE = `
  DELETE FROM position WHERE (owner, number) IN (
    SELECT owner, number FROM position WHERE number < ? ORDER BY number LIMIT ?
  )`;

/** Removes those of all owners with lesser numbers. */
export function expirePositions(queries: Queries, end: number, limit: number): number {
  return queries.run(EXPIRE, end, limit);
}

const REMOVE_BEFORE = "DELETE FROM position WHERE owner = (SELECT owner FROM archive WHERE id = ?) AND number < ?";

/** Removes those of an archive with lesser numbers. */
export function removePositionsBefore(queries: Queries, archive: number, number: number): number {
  return queries.run(REMOVE_BEFORE, archive, number);
}

const TRIM = `
  DELETE FROM position WHERE (owner, number) IN (
    SELECT owner, number FROM (
      SELECT owner, number, row_number() OVER (PARTITION BY owner ORDER BY number DESC) AS place FROM position
    ) WHERE place > ? LIMIT ?
  )`;

/** Removes those beyond the newest of each owner. */
export function trimPositions(queries: Queries, keep: number, limit: number): number {
  return queries.run(TRIM, keep, limit);
}

/** Removes those of an owner that are named. */
export function forgetPositions(queries: Queries, owner: string, texts: readonly string[]): void {
  for (const { number, random } of ownIds(texts)) {
    queries.run(
      "DELETE FROM position WHERE owner = ? AND number = ? AND random = ?",
      owner,
      number,
      BigInt.asIntN(64, random),
    );
  }
}

const REMOVE = `
  DELETE FROM position WHERE owner = ?1 AND number IN (
    SELECT number FROM position WHERE owner = ?1 ORDER BY number LIMIT ?2
  )`;

/** Removes those of an owner. */
export function removePositions(queries: Queries, owner: string, limit: number): number {
  return queries.run(REMOVE, owner, limit);
}
