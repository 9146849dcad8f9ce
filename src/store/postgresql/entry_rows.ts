import type { Entry, WholeEntry } from "../archive.ts";
import { formatArchiveId } from "../id.ts";
import { endOf } from "./correspondent.ts";

/** Columns of an entry's id and time. */
export interface PlaceRow {
  readonly number: number;
  /** The random half: as text, as it has more bits than numbers in JavaScript. */
  readonly random: string;
  readonly time: number;
  /** The id, where it came from elsewhere. */
  readonly given: string | null;
}

export interface EntryRow extends PlaceRow {
  readonly stanza: string;
}

export interface WholeRow extends EntryRow {
  readonly correspondent: string;
}

/** The columns of each, as SQL. */
export const PLACE = "number, random::text AS random, time, given";
export const ENTRY = `${PLACE}, stanza`;
export const WHOLE = `${ENTRY}, correspondent`;

export function placeOf({ number, random, time, given }: PlaceRow): Omit<Entry, "stanza"> {
  return { id: given ?? formatArchiveId({ number, random: BigInt.asUintN(64, BigInt(random)) }), time };
}

export function entryOf(row: EntryRow): Entry {
  return { ...placeOf(row), stanza: row.stanza };
}

export function wholeEntryOf(row: WholeRow): WholeEntry {
  return { ...entryOf(row), ...endOf(row.correspondent) };
}
