import type { Extent, Filter, Page, Paging, UnknownId } from "../archive.ts";
import { isBackward, isUnfiltered, pageOf } from "../selection.ts";
import { countCheaply } from "./cheap_count.ts";
import { conditionsOf, type Criteria, criteriaOf, isRange, readArchive, type Source } from "./criteria.ts";
import {
  endQuery,
  entryOf,
  type EntryRow,
  inOrder,
  type MessageRow,
  namedQuery,
  partQuery,
  placeOf,
} from "./entry_rows.ts";
import type { Queries } from "./queries.ts";
import { type Range, rangesOf } from "./ranges.ts";
import { bothTables, type TABLES } from "./schema.ts";
import { Steps } from "./limits.ts";

/** Messages that one statement fetches, at most, and ids that it looks for. */
const MOST = 500;

/** Direction and extent of a walk. */
interface Walk {
  /** From the end of the archive. */
  readonly backward: boolean;
  /** Entries that are enough. */
  readonly wanted: number;
  readonly steps: Steps;
}

type Table = typeof TABLES[number];

/** A part of an archive, and the tables that may have entries of it. */
interface Stretch {
  readonly tables: readonly Table[];
  readonly above: number;
  readonly below: number;
}

/** Reads a page of an archive, with its messages, in statements of bounded length. */
export async function readPage(
  source: Source,
  owner: string,
  { filter, paging }: { readonly filter: Filter; readonly paging: Paging },
): Promise<Page | UnknownId> {
  const steps = new Steps(source.limits);
  const archive = readArchive(source.queries, owner);
  const criteria = await criteriaOf(source, { archive, filter, paging }, steps);
  if ("unknown" in criteria) return criteria;

  const backward = isBackward(paging);
  const walk = { backward, wanted: paging.max + 1, steps };
  const found = criteria.numbers
    ? inOrder(await findAmong(source, criteria, { numbers: criteria.numbers, steps }), backward)
    : await findWithin(source, criteria, walk);
  const chosen = found.slice(0, paging.max).map(entryOf);
  return pageOf({
    entries: backward ? chosen.reverse() : chosen,
    more: found.length > paging.max,
    count: () => isUnfiltered(filter) ? archive.entries : countCheaply(source.queries, criteria),
  }, paging);
}

/** Both ends of an archive; `undefined` for one that is empty. */
export function readExtent({ queries }: Source, owner: string): Extent | undefined {
  const { id } = readArchive(queries, owner);
  const end = (order: "ASC" | "DESC") =>
    inOrder(
      bothTables((table) => endQuery(table, order)).flatMap((sql) => queries.tuples<EntryRow>(sql, id)),
      order === "DESC",
    )[0];
  const [first, last] = [end("ASC"), end("DESC")];
  return first && last && { first: placeOf(first), last: placeOf(last) };
}

/** The first that match, in order. */
async function findWithin(source: Source, criteria: Criteria, walk: Walk): Promise<MessageRow[]> {
  const rows: MessageRow[] = [];
  for (const { tables, above, below } of stretchesOf(source.queries, criteria, walk.backward)) {
    const wanted = walk.wanted - rows.length;
    if (wanted === 0 || above + 1 >= below) continue;
    const found: MessageRow[] = [];
    for (const table of tables) {
      found.push(
        ...await findIn(table, source, { criteria: { ...criteria, above, below }, walk: { ...walk, wanted } }),
      );
    }
    rows.push(...inOrder(found, walk.backward).slice(0, wanted));
  }
  return rows;
}

const OLDEST_RECENT =
  "SELECT number FROM recent WHERE archive = ? AND number > ? AND number < ? ORDER BY number LIMIT 1";

/**
 * Before the oldest recent entry, all are settled. From there on either table may have the next; the recent ones are asked
 * first, so that an entry which moves on meanwhile is found twice rather than not at all.
 */
function stretchesOf(queries: Queries, { archive, above, below }: Criteria, backward: boolean): Stretch[] {
  const oldest = queries.get<{ number: number }>(OLDEST_RECENT, archive.id, above, below)?.number ?? below;
  const stretches: Stretch[] = [
    { tables: ["entry"], above, below: oldest },
    { tables: ["recent", "entry"], above: oldest - 1, below },
  ];
  return backward ? stretches.reverse() : stretches;
}

/** The first that match in one table. */
async function findIn(
  table: Table,
  source: Source,
  { criteria, walk: { backward, wanted, steps } }: { readonly criteria: Criteria; readonly walk: Walk },
): Promise<MessageRow[]> {
  const { sql, parameters } = conditionsOf(criteria);
  const query = partQuery(table, sql, backward ? "DESC" : "ASC");
  // Where everything matches, a statement ends when it has enough, and `recent` is small.
  const ranges: Iterable<Range> = table === "recent" || isRange(criteria)
    ? [[criteria.above, criteria.below]]
    : rangesOf(source, criteria, backward);
  const rows: MessageRow[] = [];
  for (let [above, below] of ranges) {
    while (rows.length < wanted) {
      const most = Math.min(wanted - rows.length, MOST);
      const found = source.queries.tuples<MessageRow>(query, ...parameters(above, below), most);
      rows.push(...found);
      await steps.pause();
      const last = found.at(-1);
      if (last === undefined || found.length < most) break;
      [above, below] = backward ? [above, last[0]] : [last[0], below];
    }
    if (rows.length === wanted) break;
  }
  return rows;
}

/** The named entries that match. */
async function findAmong(
  { queries }: Source,
  criteria: Criteria,
  { numbers, steps }: { readonly numbers: readonly number[]; readonly steps: Steps },
): Promise<MessageRow[]> {
  const { sql, parameters } = conditionsOf(criteria);
  const named = bothTables((table) => namedQuery(table, sql));
  const rows: MessageRow[] = [];
  for (let at = 0; at < numbers.length; at += MOST) {
    const values = [JSON.stringify(numbers.slice(at, at + MOST)), ...parameters(criteria.above, criteria.below)];
    for (const query of named) rows.push(...queries.tuples<MessageRow>(query, ...values));
    await steps.pause();
  }
  return rows;
}
