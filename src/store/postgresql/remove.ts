import type { Queries } from "./connection/session.ts";
import { numbers } from "./literal.ts";

/** Oldest entries of an archive that are to go. */
export interface Old {
  /** Only numbers less than this. */
  readonly below: number;
  /** At most so many. */
  readonly limit: number;
}

/** Removes the oldest entries of an archive that the caller has locked; returns how many went. */
export async function removeOldest(queries: Queries, archive: number, { below, limit }: Old): Promise<number> {
  const [row] = await queries.query<{ count: number }>(
    `WITH old AS (
       SELECT number FROM entry WHERE archive = $1 AND number < $2 ORDER BY number LIMIT $3
     ), gone AS (
       DELETE FROM entry WHERE archive = $1 AND number <= (SELECT max(number) FROM old) RETURNING number
     ), sum AS (
       SELECT count(*) AS count, max(number) AS last FROM gone
     )
     UPDATE archive SET entries = entries - count, changes = changes + 1,
       oldest = CASE WHEN count < $3 THEN $2 ELSE last + 1 END
     FROM sum WHERE id = $1 RETURNING count`,
    [archive, below, limit],
  );
  return row?.count ?? 0;
}

/** Removes certain entries of an archive that the caller has locked. */
export async function removeNumbers(queries: Queries, archive: number, gone: readonly number[]): Promise<void> {
  await queries.query(
    "DELETE FROM entry WHERE archive = $1 AND number = ANY ($2::bigint[]) AND number BETWEEN $3 AND $4",
    [archive, numbers(gone), Math.min(...gone), Math.max(...gone)],
  );
  await queries.query(
    "UPDATE archive SET entries = entries - $2, changes = changes + 1 WHERE id = $1",
    [archive, gone.length],
  );
}
