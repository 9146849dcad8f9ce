/**
 * A query in numbers instead of ids, and what its answer says about itself: the same for every store.
 *
 * @module
 */
import type { Entry, Filter, Page, Paging, UnknownId } from "./archive.ts";

/** Bounds of numbers. What came from elsewhere may be older than 2020: numbers before that are negative. */
const [LEAST, MOST] = [Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER];

/**
 * Most matches of a filter that are counted for a page which holds only some of them. To count so many takes 1 % of the time that
 * a client waits for a page of 50 out of SQLite, and 1 to 2 % out of PostgreSQL.
 */
export const COUNTED = 100;

/** Ids become positions: only what lies between two numbers. */
export interface Bounds {
  /** Only numbers greater than this. */
  readonly above: number;
  /** Only numbers less than this. */
  readonly below: number;
}

/** Numbers of a page, and perhaps only certain ones. */
export interface Selection extends Bounds {
  /** Only these, ascending, each once; all between the bounds. */
  readonly numbers?: readonly number[];
  /** Bounds of the filter alone, wherever the page is. */
  readonly matching: Bounds;
}

/** Says which numbers ids have; those that the archive in question does not hold are left out. */
export type Locate = (ids: readonly string[]) => Promise<ReadonlyMap<string, number>>;

/**
 * Finds every id that a query names. One that the archive does not hold is an error (XEP-0313 §"Limiting results by id",
 * §"Requesting pages"); one that it holds is a position, whether or not its entry matches the rest of the query. Those under
 * which nothing is kept are looked for only where no entry has the id, and only to page from there.
 */
export async function selectionOf(
  { afterId, beforeId, ids }: Filter,
  { after, before }: Partial<Paging>,
  locate: Locate,
  locatePositions: Locate = () => Promise.resolve(new Map()),
): Promise<Selection | UnknownId> {
  const lower = [afterId, after].filter((id) => id !== undefined);
  const upper = [beforeId, before || undefined].filter((id) => id !== undefined);
  const ends = [...lower, ...upper];
  const named = [...ends, ...ids ?? []];
  const entries = named.length > 0 ? await locate(named) : new Map<string, number>();
  const missing = ends.filter((id) => !entries.has(id));
  const located = missing.length > 0 ? new Map([...entries, ...await locatePositions(missing)]) : entries;
  const unknown = ends.find((id) => !located.has(id)) ?? ids?.find((id) => !entries.has(id));
  if (unknown !== undefined) return { unknown };

  const numbersOf = (...some: readonly (string | undefined)[]) => some.flatMap((id) => located.get(id ?? "") ?? []);
  const above = Math.max(LEAST - 1, ...numbersOf(...lower));
  const below = Math.min(MOST + 1, ...numbersOf(...upper));
  const matching = {
    above: Math.max(LEAST - 1, ...numbersOf(afterId)),
    below: Math.min(MOST + 1, ...numbersOf(beforeId)),
  };
  if (ids === undefined) return { above, below, matching };
  const numbers = new Set(numbersOf(...ids).filter((number) => number > above && number < below));
  return { above, below, matching, numbers: [...numbers].sort((a, b) => a - b) };
}

/** True when every entry of an archive matches. */
export function isUnfiltered(filter: Filter): boolean {
  return Object.values(filter).every((value) => value === undefined);
}

/** XEP-0059 §2.3, §2.5: whether a page is chosen from the end of what it may hold. */
export function isBackward({ before }: Paging): boolean {
  return before !== undefined;
}

/** Parts of a page. */
export interface Found {
  /** In order of arrival. */
  readonly entries: readonly Entry[];
  /** True when a matching entry lies beyond the page in the direction of paging. */
  readonly more: boolean;
  /** Counts the entries that match the filter; `undefined` where that would take long. It is asked only where it is needed. */
  readonly count: () => number | undefined;
}

/**
 * Finishes a page: what is known about its place at little cost (XEP-0059 §2.6 leaves both to the responder).
 * A page that is complete and starts at the one end of the result set holds all of it.
 */
export function pageOf({ entries, more, count }: Found, paging: Paging): Page {
  const { after, before } = paging;
  const whole = !more && after === undefined && !before;
  const total = whole ? entries.length : count();
  const index = indexOf({ entries, more, count: total }, paging);
  return {
    entries,
    complete: !more,
    ...total !== undefined && { count: total },
    ...index !== undefined && { index },
  };
}

/**
 * Position of the first entry of a page that begins or ends where the result set does, in paging forward. Clients that page
 * backward take a page whose position and length add up to the count for the last one that there is.
 */
function indexOf(
  { entries, more, count }: Omit<Found, "count"> & { readonly count: number | undefined },
  { after, before }: Paging,
): number | undefined {
  if (entries.length === 0 || before !== undefined) return undefined;
  if (after === undefined) return 0;
  return !more && count !== undefined ? count - entries.length : undefined;
}
