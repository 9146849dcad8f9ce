import type { Entry, Extent, Filter, Page, Paging, UnknownId } from "../archive.ts";
import { type Bounds, COUNTED, isBackward, isUnfiltered, pageOf, type Selection, selectionOf } from "../selection.ts";
import type { Queries } from "./connection/session.ts";
import { between, type Criteria, matching } from "./criteria.ts";
import { ENTRY, entryOf, type EntryRow, namedEntries, PLACE, placeOf, type PlaceRow } from "./entry_rows.ts";
import { claimedNumbers, locatorsIn } from "./ids.ts";
import { numbers } from "./literal.ts";
import { ARCHIVE, OWNED, partsOf } from "./owner.ts";

/** Reads a page in one statement; one more beside it where ids are named, and another where those are not where their form says. */
export async function readPage(
  queries: Queries,
  owner: string,
  { filter, paging }: { readonly filter: Filter; readonly paging: Paging },
): Promise<Page | UnknownId> {
  const criteria = matching(owner, filter);
  const backward = isBackward(paging);
  // One more than was asked for says whether there are more.
  const find = (selection: Selection) => {
    const wanted = between(selection, filter, criteria);
    return findEntries(queries, wanted, {
      backward,
      wanted: paging.max + 1,
      ...!isUnfiltered(filter) &&
        { counted: between(selection.matching, filter, { ...criteria, parameters: wanted.parameters }) },
    });
  };
  const claimed = await selectionOf(filter, paging, claimedNumbers);
  const [selection, early] = await Promise.all([
    selectionOf(filter, paging, ...locatorsIn(queries, owner)),
    "unknown" in claimed || claimed.numbers !== undefined ? undefined : find(claimed),
  ]);
  if ("unknown" in selection) return selection;
  const { found, count } = selection.numbers !== undefined
    ? { found: await findAmong(queries, criteria, selection.numbers), count: undefined }
    : early !== undefined && isSame(selection, claimed)
    ? early
    : await find(selection);
  return pageOf({
    entries: backward ? found.slice(-paging.max) : found.slice(0, paging.max),
    more: found.length > paging.max,
    count: () => count,
  }, paging);
}

function isSame(selection: Selection, claimed: Selection | UnknownId): boolean {
  return !("unknown" in claimed) && isEqual(selection, claimed) && isEqual(selection.matching, claimed.matching);
}

function isEqual(one: Bounds, other: Bounds): boolean {
  return one.above === other.above && one.below === other.below;
}

/** Direction and extent of a walk. */
interface Walk {
  /** From the end of the archive. */
  readonly backward: boolean;
  /** Entries that are enough. */
  readonly wanted: number;
  /** Criteria of the entries that are counted beside; all of the archive where there are none. Has all parameters. */
  readonly counted?: Criteria;
}

/** Entries, in order of arrival, and how many are counted beside, if these are not too many. */
interface Finding {
  readonly found: readonly Entry[];
  readonly count: number | undefined;
}

/** A row of an archive, with one of its entries or none. */
type FoundRow = { readonly count: number } & (EntryRow | { readonly number: null });

/**
 * The first matching entries from the one end of the archive or the other, in one statement: the server goes from partition to
 * partition in the order of the index, and ends when it has enough.
 */
async function findEntries(
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
async function findAmong(
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

/** Both ends of an archive; `undefined` for one that is empty. */
export async function readExtent(queries: Queries, owner: string): Promise<Extent | undefined> {
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
