import type { Criteria } from "./criteria.ts";
import type { Queries } from "./database.ts";
import { numbers } from "./literal.ts";

/** Counts matching entries; with `among`, of those numbers only. */
export async function countEntries(
  queries: Queries,
  archive: number,
  { sql, parameters }: Criteria,
  among?: readonly number[],
): Promise<number> {
  const id = parameters.length + 1;
  const [row] = await queries.query<{ count: number }>(
    `SELECT count(*) AS count FROM archive JOIN entry ON ${sql} WHERE archive.id = $${id}` +
      (among === undefined ? "" : ` AND number = ANY ($${id + 1}::bigint[])`),
    [...parameters, archive, ...among === undefined ? [] : [numbers(among)]],
  );
  return row?.count ?? 0;
}
