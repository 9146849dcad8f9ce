/**
 * Entries as SQL gives them.
 *
 * @module
 */
import type { Entry, WholeEntry } from "../archive.ts";
import { archiveIdText, timeOfNumber } from "../id.ts";
import { FOREIGN } from "./schema.ts";

/** Columns read of an entry. The random half comes in two: rows with `bigint`s take half as long again. */
const COLUMNS = `
  place.number, place.ahead, place.random >> 32 AS high, place.random & 0xffffffff AS low,
  CASE place.random WHEN ${FOREIGN} THEN (
    SELECT text FROM foreign_id WHERE archive = place.archive AND number = place.number
  ) END AS given`;

/** Place of an entry: the random half in its two parts; `given` is the id, where it came from elsewhere. */
type Place = [number: number, ahead: number, high: number, low: number, given: string | null];

/** An entry as it is read. */
export type EntryRow = readonly [...Place, ...unknown[]];

/** The same with its message. */
export type MessageRow = readonly [...Place, stanza: string, beside: string | null, ...unknown[]];

/** The same with whom it is with. */
export type WholeRow = readonly [...Place, stanza: string, beside: string | null, peer: string, resource: string];

/** The first of a table's entries that meet conditions. */
export function partQuery(table: string, conditions: string, order: "ASC" | "DESC"): string {
  return `
    SELECT ${COLUMNS}, stanza, beside
    FROM ${table} AS place CROSS JOIN message ON message.number = place.number - place.lag
    WHERE ${conditions} ORDER BY place.number ${order} LIMIT ?`;
}

/** Query of those of a list of numbers whose entries are in a table and meet conditions. */
export function namedQuery(table: string, conditions: string): string {
  return `
    SELECT ${COLUMNS}, stanza, beside
    FROM json_each(?)
    CROSS JOIN ${table} AS place ON place.number = value
    CROSS JOIN message ON message.number = place.number - place.lag
    WHERE ${conditions}`;
}

/** The next of an owner's entries in a table, with whom they are. */
export function wholeQuery(table: string): string {
  return `
    SELECT ${COLUMNS}, stanza, beside, peer, resource
    FROM ${table} AS place
    CROSS JOIN message ON message.number = place.number - place.lag
    CROSS JOIN correspondent ON correspondent.id = place.correspondent
    WHERE place.archive = (SELECT id FROM archive WHERE owner = ?1) AND place.number > ?2
    ORDER BY place.number LIMIT ?3`;
}

/** A table's first or last entry of an archive. */
export function endQuery(table: string, order: "ASC" | "DESC"): string {
  return `SELECT ${COLUMNS} FROM ${table} AS place WHERE archive = ? ORDER BY number ${order} LIMIT 1`;
}

/** Sorted, and each once. */
export function inOrder<Row extends EntryRow>(rows: Row[], backward: boolean): Row[] {
  return rows.sort(([a], [b]) => backward ? b - a : a - b)
    .filter(([number], index) => number !== rows[index - 1]?.[0]);
}

export function entryOf(row: MessageRow): Entry {
  const [, , , , , stanza, beside] = row;
  return beside === null ? { ...placeOf(row), stanza } : { ...placeOf(row), stanza, beside };
}

export function wholeEntryOf(row: WholeRow): WholeEntry {
  const [, , , , , , , peer, resource] = row;
  return { ...entryOf(row), with: peer, resource };
}

export function placeOf([number, ahead, high, low, given]: EntryRow): Pick<Entry, "id" | "time"> {
  return { id: given ?? archiveIdText(number, high, low), time: timeOfNumber(number) - ahead };
}
