import type { Entry, Extent } from "../archive.ts";
import { COUNTED } from "../selection.ts";
import type { Criteria } from "./criteria.ts";
import type { Queries } from "./connection/session.ts";
import { ENTRY, entryOf, type EntryRow, PLACE, placeOf, type PlaceRow } from "./entry_rows.ts";
import { numbers } from "./literal.ts";
import { namedEntries } from "./named.ts";
import { ARCHIVE, OWNED, partsOf } from "./owner.ts";

/** Direction and extent of a walk. */
export interface Walk {
  /** From the end of the archive. */
  readonly backward: boolean;
  /** Entries that are enough. */
  readonly wanted: number;
  /** Criteria of the entries that are counted beside; all of the archive where there are none. Has all parameters. */
  readonly counted?: Criteria;
}

/** Entries, in order of arrival, and how many are counted beside, if these are not too many. */
export interface Finding {
  readonly found: readonly Entry[];
  readonly count: number | undefined;
}

/** A row of an archive, with one of its entries or none. */
type FoundRow = { readonly count: number } & (EntryRow | { readonly number: null });

/**
 * The first matching entries from the one end of the archive or the other, in one statement: the server goes from partition to
 * partition in the order of the index, and ends when it has enough.
 */
export async function findEntries(
  queries: Queries,
  { sql, parameters }: Criteria,
  { backward, wanted, counted }: Walk,
): Promise<Finding> {
  const all = counted?.parameters ?? parameters;
  const rows = await queries.query<FoundRow>(
    `SELECT ${counted ? "counted.count" : "entries AS count"}, found.*
     FROM archive ${counted ? countOf(counted) : ""} LEFT JOIN LATERAL (
       SELECT ${ENTRY} FROM entry WHERE ${sql}
       ORDER BY number ${backward ? "DESC" : "ASC"} LIMIT $${all.length + 1}
     ) AS found ON true WHERE ${OWNED}`,
    [...all, wanted],
  );
  const entries = rows.filter((row) => row.number !== null);
  const count = rows[0]?.count ?? 0;
  return { found: inOrder(entries).map(entryOf), count: counted && count > COUNTED ? undefined : count };
}

/** Returns the SQL that counts entries of an archive once, up to one too many. */
function countOf({ sql }: Criteria): string {
  return `CROSS JOIN LATERAL (
       SELECT count(*) FROM (SELECT FROM entry WHERE ${sql} ORDER BY number LIMIT ${COUNTED + 1}) AS matching
     ) AS counted`;
}

/** Returns the entries of certain numbers that match, in order of arrival. */
export async function findAmong(
  queries: Queries,
  { sql, parameters }: Criteria,
  among: readonly number[],
): Promise<Entry[]> {
  const rows = await queries.query<EntryRow>(
    `SELECT ${ENTRY} FROM archive CROSS JOIN ${namedEntries(parameters.length + 1, "archive.id")}
     WHERE ${OWNED} AND ${sql}`,
    [...parameters, numbers(among)],
  );
  return inOrder(rows).map(entryOf);
}

/** `undefined` for an archive that is empty. */
export async function findExtent(queries: Queries, owner: string): Promise<Extent | undefined> {
  const end = (order: string) =>
    `(
    SELECT ${PLACE} FROM entry WHERE archive = ${ARCHIVE} ORDER BY number ${order} LIMIT 1
  )`;
  const rows = inOrder(await queries.query<PlaceRow>(`${end("ASC")} UNION ALL ${end("DESC")}`, partsOf(owner)));
  const [first, last] = [rows.at(0), rows.at(-1)];
  return first && last && { first: placeOf(first), last: placeOf(last) };
}

/** SQL promises no order of what a join makes of rows that come in order. */
function inOrder<Row extends { readonly number: number }>(rows: readonly Row[]): Row[] {
  return rows.toSorted((a, b) => a.number - b.number);
}
