/**
 * Entries as SQL gives them.
 *
 * @module
 */
import type { Entry, WholeEntry } from "../archive.ts";
import { formatArchiveId, timeOfNumber } from "../id.ts";
import { FOREIGN } from "./schema.ts";

/** What is read of an entry. The random half comes in two: rows with `bigint`s take half as long again. */
const COLUMNS = `
  place.number, place.ahead, place.random >> 32 AS high, place.random & 0xffffffff AS low,
  CASE place.random WHEN ${FOREIGN} THEN (
    SELECT text FROM foreign_id WHERE archive = place.archive AND number = place.number
  ) END AS given`;

/** An entry as it is read. */
export interface EntryRow {
  readonly number: number;
  readonly ahead: number;
  /** The random half. */
  readonly high: number;
  readonly low: number;
  /** The id, where it came from elsewhere. */
  readonly given: string | null;
}

/** The same with its message. */
export interface MessageRow extends EntryRow {
  readonly stanza: string;
}

/** The same with whom it is with. */
export interface WholeRow extends MessageRow {
  readonly peer: string;
  readonly resource: string;
}

/** The first of a table's entries that meet conditions. */
export function partQuery(table: string, conditions: string, order: "ASC" | "DESC"): string {
  return `
    SELECT ${COLUMNS}, stanza
    FROM ${table} AS place CROSS JOIN message ON message.number = place.number - place.lag
    WHERE ${conditions} ORDER BY place.number ${order} LIMIT ?`;
}

/** Those of a list of numbers whose entries are in a table and meet conditions. */
export function namedQuery(table: string, conditions: string): string {
  return `
    SELECT ${COLUMNS}, stanza
    FROM json_each(?)
    CROSS JOIN ${table} AS place ON place.number = value
    CROSS JOIN message ON message.number = place.number - place.lag
    WHERE ${conditions}`;
}

/** The next of an owner's entries in a table, with whom they are. */
export function wholeQuery(table: string): string {
  return `
    SELECT ${COLUMNS}, stanza, peer, resource
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
  return rows.sort((a, b) => backward ? b.number - a.number : a.number - b.number)
    .filter(({ number }, index) => number !== rows[index - 1]?.number);
}

export function entryOf(row: MessageRow): Entry {
  return { ...placeOf(row), stanza: row.stanza };
}

export function wholeEntryOf(row: WholeRow): WholeEntry {
  return { ...entryOf(row), with: row.peer, resource: row.resource };
}

export function placeOf({ number, ahead, high, low, given }: EntryRow): Omit<Entry, "stanza"> {
  const random = () => BigInt.asUintN(64, BigInt(high) << 32n | BigInt(low));
  return { id: given ?? formatArchiveId({ number, random: random() }), time: timeOfNumber(number) - ahead };
}
