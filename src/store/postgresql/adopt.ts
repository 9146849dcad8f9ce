import type { Adoption, WholeEntry } from "../archive.ts";
import { type Place, placesFor } from "../place.ts";
import { lockArchives } from "./archives.ts";
import type { Queries } from "./connection/session.ts";
import { locateIds } from "./ids.ts";
import { insertRows, type NewRow } from "./insert.ts";
import { numbers } from "./literal.ts";
import { namedEntries } from "./entry_rows.ts";

/** Numbers that are looked up from one on that is taken. */
const FURTHER = 64;

/** Counts of adopted entries, and the greatest number among them. */
export interface Adopted extends Adoption {
  readonly newest: number;
}

/** Adds entries from elsewhere, within the caller's transaction. */
export async function adoptEntries(
  queries: Queries,
  owner: string,
  { entries, after }: { readonly entries: readonly WholeEntry[]; readonly after: string | undefined },
): Promise<Adopted> {
  const archive = (await lockArchives(queries, [owner])).get(owner)?.id ?? 0;
  const named = entries.map(({ id }) => id);
  const located = await locateIds(queries, owner, after === undefined ? named : [...named, after]);
  const places = await findPlaces(
    queries,
    archive,
    (taken) => [...placesFor(entries, { located: (id) => located.get(id), taken }, after)],
  );
  const rows = entries.flatMap(({ id: _, ...entry }, index): NewRow[] => {
    const place = places[index];
    return place === undefined ? [] : [{ ...entry, archive, ...place }];
  });
  await insertRows(queries, rows);
  const newest = rows.reduce((most, { number }) => Math.max(most, number), 0);
  return { added: rows.length, held: entries.length - rows.length, newest };
}

/** Proposes places until all of them are free: which numbers are taken is asked for where they matter. */
async function findPlaces(
  queries: Queries,
  archive: number,
  propose: (taken: (number: number) => number) => readonly (Place | undefined)[],
): Promise<readonly (Place | undefined)[]> {
  const known = new Set<number>();
  while (true) {
    const inOrder = [...known].sort((a, b) => a - b);
    const places = propose((number) => firstFrom(inOrder, number));
    const proposed = places.flatMap((place) => place?.number ?? []);
    const taken = await takenFrom(queries, archive, proposed);
    if (taken.length === 0) return places;
    for (const number of taken) known.add(number);
  }
}

/** Returns the numbers that are taken among those proposed, and some that follow each of them. */
async function takenFrom(queries: Queries, archive: number, proposed: readonly number[]): Promise<number[]> {
  if (proposed.length === 0) return [];
  const rows = await queries.query<{ number: number }>(
    `SELECT behind.number FROM ${namedEntries(2, "$1")} CROSS JOIN LATERAL (
       SELECT number FROM entry WHERE archive = $1 AND number >= named.wanted ORDER BY number LIMIT ${FURTHER}
     ) AS behind`,
    [archive, numbers(proposed)],
  );
  return rows.map(({ number }) => number);
}

/** The least that is not less than a number; `Infinity` where there is none. */
function firstFrom(inOrder: readonly number[], number: number): number {
  let [low, high] = [0, inOrder.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((inOrder[middle] ?? Infinity) < number) low = middle + 1;
    else high = middle;
  }
  return inOrder[low] ?? Infinity;
}
