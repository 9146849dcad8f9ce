import type { Criteria } from "./criteria.ts";
import type { Queries } from "./connection/session.ts";
import { numbers } from "./literal.ts";
import { namedEntries } from "./named.ts";
import { OWNED, partsOf } from "./owner.ts";

/** Counts matching entries; with `among`, of those numbers only. */
export async function countEntries(
  queries: Queries,
  { sql, parameters }: Criteria,
  among?: readonly number[],
): Promise<number> {
  const entries = among === undefined
    ? "archive CROSS JOIN entry"
    : `archive CROSS JOIN ${namedEntries(parameters.length + 1, "archive.id")}`;
  const [row] = await queries.query<{ count: number }>(
    `SELECT count(*) AS count FROM ${entries} WHERE ${OWNED} AND ${sql}`,
    [...parameters, ...among === undefined ? [] : [numbers(among)]],
  );
  return row?.count ?? 0;
}

/** Returns the count that the archive keeps of itself. */
export async function countAll(queries: Queries, owner: string): Promise<number> {
  const [row] = await queries.query<{ entries: number }>(
    `SELECT entries FROM archive WHERE ${OWNED}`,
    partsOf(owner),
  );
  return row?.entries ?? 0;
}
