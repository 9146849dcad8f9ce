import type { Entry, Extent } from "../archive.ts";
import type { Criteria } from "./criteria.ts";
import type { Queries } from "./database.ts";
import { ENTRY, entryOf, type EntryRow, PLACE, placeOf, type PlaceRow } from "./entry_rows.ts";
import { numbers } from "./literal.ts";

/** How far to go. */
export interface Walk {
  /** From the end of the archive. */
  readonly backward: boolean;
  /** Entries that are enough. */
  readonly wanted: number;
}

/**
 * The first matching entries, in order of arrival, from the one end of the archive or the other. The server goes from one
 * partition to the next in the order of the index, and ends when it has enough.
 */
export async function findEntries(
  queries: Queries,
  archive: number,
  { sql, parameters }: Criteria,
  { backward, wanted }: Walk,
): Promise<Entry[]> {
  const [id, most] = [parameters.length + 1, parameters.length + 2];
  const rows = await queries.query<EntryRow>(
    `SELECT found.* FROM archive CROSS JOIN LATERAL (
       SELECT ${ENTRY} FROM entry WHERE ${sql} ORDER BY number ${backward ? "DESC" : "ASC"} LIMIT $${most}
     ) AS found WHERE archive.id = $${id}`,
    [...parameters, archive, wanted],
  );
  return inOrder(rows).map(entryOf);
}

/** Those of certain numbers that match, in order of arrival. */
export async function findAmong(
  queries: Queries,
  archive: number,
  { sql, parameters }: Criteria,
  among: readonly number[],
): Promise<Entry[]> {
  const [id, list] = [parameters.length + 1, parameters.length + 2];
  const rows = await queries.query<EntryRow>(
    `SELECT ${ENTRY} FROM archive JOIN entry ON ${sql} WHERE archive.id = $${id} AND number = ANY ($${list}::bigint[])`,
    [...parameters, archive, numbers(among)],
  );
  return inOrder(rows).map(entryOf);
}

/** `undefined` for an archive that is empty. */
export async function findExtent(queries: Queries, archive: number): Promise<Extent | undefined> {
  const end = (order: string) => `(SELECT ${PLACE} FROM entry WHERE archive = $1 ORDER BY number ${order} LIMIT 1)`;
  const rows = await queries.query<PlaceRow>(`${end("ASC")} UNION ALL ${end("DESC")}`, [archive]);
  const [first, last] = [inOrder(rows).at(0), inOrder(rows).at(-1)];
  return first && last && { first: placeOf(first), last: placeOf(last) };
}

/** SQL promises no order of what a join makes of rows that come in order. */
function inOrder<Row extends { readonly number: number }>(rows: readonly Row[]): Row[] {
  return rows.toSorted((a, b) => a.number - b.number);
}
