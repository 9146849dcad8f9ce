import type { Entry, WholeEntry } from "../archive.ts";
import { formatArchiveId } from "../id.ts";

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
  readonly beside: string | null;
}

export interface WholeRow extends EntryRow {
  readonly correspondent: string;
}

/** The columns of each, as SQL. */
export const PLACE = "number, random::text AS random, time, given";
export const ENTRY = `${PLACE}, stanza, beside`;
export const WHOLE = `${ENTRY}, correspondent`;

export function placeOf({ number, random, time, given }: PlaceRow): Pick<Entry, "id" | "time"> {
  return { id: given ?? formatArchiveId({ number, random: BigInt.asUintN(64, BigInt(random)) }), time };
}

export function entryOf(row: EntryRow): Entry {
  const { stanza, beside } = row;
  return beside === null ? { ...placeOf(row), stanza } : { ...placeOf(row), stanza, beside };
}

export function wholeEntryOf(row: WholeRow): WholeEntry {
  return { ...entryOf(row), ...endOf(row.correspondent) };
}

/** The other end's JID as entries have it: bare, or with a resource. */
export function correspondentOf(bare: string, resource: string): string {
  return resource === "" ? bare : `${bare}/${resource}`;
}

/** Takes it apart (RFC 7622 §3.1: the first `/` ends the bare JID). */
export function endOf(correspondent: string): { readonly with: string; readonly resource: string } {
  const slash = correspondent.indexOf("/");
  if (slash < 0) return { with: correspondent, resource: "" };
  return { with: correspondent.slice(0, slash), resource: correspondent.slice(slash + 1) };
}

/**
 * A number of 32 bits for a bare JID (FNV-1a over UTF-16): what finds its entries. Two JIDs may share one, so the JID is
 * compared as well.
 */
export function peerKey(bare: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < bare.length; i++) hash = Math.imul(hash ^ bare.charCodeAt(i), 0x01000193);
  return hash | 0;
}

/**
 * The entry `entry` of an archive with a number, if there is one, for each row of what it is joined to. Each is looked for by
 * itself, in the one partition that can have it. A join would leave that to the planner, which takes each archive for one of
 * middling size, and may read all of a large one instead; LIMIT keeps it from making a join of what is none.
 */
export function entryAt(archive: string, number: string): string {
  return `LATERAL (
    SELECT * FROM entry WHERE entry.archive = ${archive} AND entry.number = ${number} LIMIT 1
  ) AS entry`;
}

/** The entries of an archive that have the numbers in a parameter. */
export function namedEntries(parameter: number, archive: string): string {
  return `unnest($${parameter}::bigint[]) AS named (wanted) CROSS JOIN ${entryAt(archive, "named.wanted")}`;
}
