import type { NewMessage } from "../archive.ts";
import type { ArchiveId } from "../id.ts";
import { idOf, type IdRow, numbersAmong, ownIds } from "../own_ids.ts";
import type { LockedArchive } from "./archives.ts";
import type { Queries } from "./connection/session.ts";
import { numbers } from "./literal.ts";
import { ARCHIVE, partsOf } from "./owner.ts";

/** Finds the numbers of those ids that are positions of an owner. They are rare: what has an entry is never looked for here. */
export async function locatePositions(
  queries: Queries,
  owner: string,
  texts: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  const ids = ownIds(texts);
  const rows = await queries.query<IdRow>(
    `SELECT number, random::text AS random FROM position WHERE archive = ${ARCHIVE} AND number = ANY ($3::bigint[])`,
    [...partsOf(owner), numbers(ids.map(({ number }) => number))],
  );
  return numbersAmong(rows.map(idOf), ids);
}

/** Returns the positions of an owner with greater numbers, ascending. */
export async function listPositions(
  queries: Queries,
  owner: string,
  { after, limit }: { readonly after: number; readonly limit: number },
): Promise<ArchiveId[]> {
  const rows = await queries.query<IdRow>(
    `SELECT number, random::text AS random FROM position WHERE archive = ${ARCHIVE} AND number > $3
     ORDER BY number LIMIT $4`,
    [...partsOf(owner), after, limit],
  );
  return rows.map(idOf);
}

/** Adds the positions of a batch to archives that the caller has locked; returns the greatest number, 0 where there are none. */
export async function insertPositions(
  queries: Queries,
  batch: readonly NewMessage[],
  archives: ReadonlyMap<string, LockedArchive>,
): Promise<number> {
  const rows = batch.flatMap(({ positions = [] }) => positions).flatMap(({ archive, id }) => {
    const locked = archives.get(archive);
    return locked === undefined ? [] : [{ archive: locked.id, ...id }];
  });
  if (rows.length === 0) return 0;
  await queries.query(
    `WITH new AS (
       SELECT * FROM unnest($1::integer[], $2::bigint[], $3::bigint[]) AS new (archive, number, random)
     ), added AS (
       INSERT INTO position (archive, number, random) SELECT * FROM new ON CONFLICT DO NOTHING
     )
     UPDATE archive SET newest = greatest(newest, last), changes = changes + 1
     FROM (SELECT archive, max(number) AS last FROM new GROUP BY archive) AS sum WHERE id = archive`,
    [
      numbers(rows.map(({ archive }) => archive)),
      numbers(rows.map(({ number }) => number)),
      numbers(rows.map(({ random }) => BigInt.asIntN(64, random))),
    ],
  );
  return rows.reduce((most, { number }) => Math.max(most, number), 0);
}

/** Forgets positions of all archives with lesser numbers; returns how many went. */
export function expirePositions(queries: Queries, end: number, limit: number): Promise<number> {
  return removed(queries, "SELECT archive, number FROM position WHERE number < $1 ORDER BY number LIMIT $2", [
    end,
    limit,
  ]);
}

/** Forgets positions beyond the newest of each archive; returns how many went. */
export function trimPositions(queries: Queries, keep: number, limit: number): Promise<number> {
  return removed(
    queries,
    `SELECT archive, number FROM (
       SELECT archive, number, row_number() OVER (PARTITION BY archive ORDER BY number DESC) AS place FROM position
     ) AS placed WHERE place > $1 LIMIT $2`,
    [keep, limit],
  );
}

/** Forgets positions of an archive, which the caller has locked, that are named. */
export async function forgetPositions(queries: Queries, archive: number, texts: readonly string[]): Promise<void> {
  const ids = ownIds(texts);
  await queries.query(
    `DELETE FROM position WHERE archive = $1 AND number = ANY ($2::bigint[])
     AND (number, random) IN (SELECT * FROM unnest($2::bigint[], $3::bigint[]))`,
    [
      archive,
      numbers(ids.map(({ number }) => number)),
      numbers(ids.map(({ random }) => BigInt.asIntN(64, random))),
    ],
  );
}

/** Forgets positions of an archive with lesser numbers than its oldest entry. */
export async function dropPassed(queries: Queries, archive: number): Promise<void> {
  await queries.query(
    `DELETE FROM position WHERE archive = $1
     AND number < (SELECT number FROM entry WHERE archive = $1 ORDER BY number LIMIT 1)`,
    [archive],
  );
}

async function removed(queries: Queries, gone: string, parameters: readonly number[]): Promise<number> {
  const [row] = await queries.query<{ count: number }>(
    `WITH gone AS (DELETE FROM position WHERE (archive, number) IN (${gone}) RETURNING number)
     SELECT count(*) AS count FROM gone`,
    parameters,
  );
  return row?.count ?? 0;
}
