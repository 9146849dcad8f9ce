import { exceedsId } from "../check.ts";
import { idOf, type IdRow, numbersAmong, ownIds } from "../own_ids.ts";
import type { Queries } from "./connection/session.ts";
import type { Locate } from "../selection.ts";
import { locatePositions } from "./positions.ts";
import { numbers, texts } from "./literal.ts";
import { namedEntries } from "./entry_rows.ts";
import { ARCHIVE, partsOf } from "./owner.ts";

/** Ids that one statement looks for. */
const MOST = 1000;

/** Returns the numbers that ids of our own carry, whether their entries exist or not. */
export function claimedNumbers(ids: readonly string[]): Promise<ReadonlyMap<string, number>> {
  return Promise.resolve(new Map(ownIds(ids).map(({ text, number }) => [text, number])));
}

/** Locate the entries and the positions of an owner that ids name. */
export function locatorsIn(queries: Queries, owner: string): readonly [entries: Locate, positions: Locate] {
  return [(ids) => locateIds(queries, owner, ids), (ids) => locatePositions(queries, owner, ids)];
}

/** The numbers of the entries of an archive that ids name: those of our own by both their halves, others by their text. */
export async function locateIds(
  queries: Queries,
  owner: string,
  ids: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  const located = new Map<string, number>();
  for (let at = 0; at < ids.length; at += MOST) {
    const some = ids.slice(at, at + MOST);
    for (const [text, number] of await locateOwn(queries, owner, some)) located.set(text, number);
    // An id that Annals once made may have come back under another number.
    const others = some.filter((text) => !located.has(text));
    for (const [text, number] of await locateGiven(queries, owner, others)) located.set(text, number);
  }
  return located;
}

async function locateOwn(
  queries: Queries,
  owner: string,
  texts: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  const own = ownIds(texts);
  if (own.length === 0) return new Map();
  const rows = await queries.query<IdRow>(
    `SELECT number, random::text AS random FROM ${namedEntries(3, ARCHIVE)} WHERE given IS NULL`,
    [...partsOf(owner), numbers(own.map(({ number }) => number))],
  );
  return numbersAmong(rows.map(idOf), own);
}

async function locateGiven(queries: Queries, owner: string, ids: readonly string[]): Promise<[string, number][]> {
  // What PostgreSQL cannot even be asked for, and what would be long to ask for, is never held.
  const possible = ids.filter((id) => !exceedsId(id) && !id.includes("\0"));
  if (possible.length === 0) return [];
  const rows = await queries.query<{ given: string; number: number }>(
    `SELECT given, number FROM entry WHERE archive = ${ARCHIVE} AND given = ANY ($3::text[]) AND given IS NOT NULL`,
    [...partsOf(owner), texts(possible)],
  );
  return rows.map(({ given, number }) => [given, number]);
}
