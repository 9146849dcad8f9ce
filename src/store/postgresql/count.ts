import type { Filter, UnknownId } from "../archive.ts";
import { isUnfiltered, selectionOf } from "../selection.ts";
import { between, type Criteria, matching } from "./criteria.ts";
import type { Queries } from "./connection/session.ts";
import { locatorsIn } from "./ids.ts";
import { numbers } from "./literal.ts";
import { namedEntries } from "./entry_rows.ts";
import { OWNED, partsOf } from "./owner.ts";

/** Counts the entries of an archive that match. */
export async function readCount(queries: Queries, owner: string, filter: Filter): Promise<number | UnknownId> {
  if (isUnfiltered(filter)) return await countAll(queries, owner);
  const selection = await selectionOf(filter, {}, ...locatorsIn(queries, owner));
  if ("unknown" in selection) return selection;
  const criteria = matching(owner, filter);
  return selection.numbers === undefined
    ? await countEntries(queries, between(selection, filter, criteria))
    : await countEntries(queries, criteria, selection.numbers);
}

/** Counts matching entries; with `among`, of those numbers only. */
async function countEntries(
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
async function countAll(queries: Queries, owner: string): Promise<number> {
  const [row] = await queries.query<{ entries: number }>(
    `SELECT entries FROM archive WHERE ${OWNED}`,
    partsOf(owner),
  );
  return row?.entries ?? 0;
}
