import type { Criteria } from "./criteria.ts";
import type { Queries } from "./database.ts";
import { numbers } from "./literal.ts";
import { partsOf } from "./owner.ts";

/** Counts matching entries; with `among`, of those numbers only. */
export async function countEntries(
  queries: Queries,
  { archive, entry, parameters }: Criteria,
  among?: readonly number[],
): Promise<number> {
  const named = among === undefined ? "" : ` AND number = ANY ($${parameters.length + 1}::bigint[])`;
  const [row] = await queries.query<{ count: number }>(
    `SELECT count(*) AS count FROM archive JOIN entry ON ${entry} WHERE ${archive}${named}`,
    [...parameters, ...among === undefined ? [] : [numbers(among)]],
  );
  return row?.count ?? 0;
}

/** What an archive counts itself. */
export async function countAll(queries: Queries, owner: string): Promise<number> {
  const [row] = await queries.query<{ entries: number }>(
    "SELECT entries FROM archive WHERE domain = $1 AND local = $2",
    partsOf(owner),
  );
  return row?.entries ?? 0;
}
