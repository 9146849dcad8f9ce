import type { DatabaseSync } from "node:sqlite";
import type { Entry, Extent } from "../archive.ts";
import { formatArchiveId, timeOfNumber } from "../id.ts";
import type { Criteria } from "./lookup.ts";
import { EntryQuery } from "./query.ts";
import type { Walk } from "./scan.ts";
import type { Steps } from "./steps.ts";

/** What is read of an entry. The random half comes in two: rows with `bigint`s take half as long again. */
const COLUMNS = "place.number, place.ahead, random >> 32 AS high, random & 0xffffffff AS low";

/** Messages that one statement fetches at most. */
const MOST_MESSAGES = 500;

interface EntryRow {
  readonly number: number;
  readonly ahead: number;
  /** The halves of the random half. */
  readonly high: number;
  readonly low: number;
}

interface MessageRow extends EntryRow {
  readonly stanza: string;
}

/** Fetches entries with their messages. */
export class Fetch {
  readonly #forward: EntryQuery<MessageRow>;
  readonly #backward: EntryQuery<MessageRow>;
  readonly #numbers: EntryQuery<MessageRow>;
  readonly #first: EntryQuery<EntryRow>;
  readonly #last: EntryQuery<EntryRow>;

  constructor(db: DatabaseSync) {
    this.#forward = new EntryQuery(db, (table) => rangeQuery(table, "ASC"));
    this.#backward = new EntryQuery(db, (table) => rangeQuery(table, "DESC"));
    this.#numbers = new EntryQuery(db, numbersQuery);
    this.#first = new EntryQuery(db, (table) => endQuery(table, "ASC"));
    this.#last = new EntryQuery(db, (table) => endQuery(table, "DESC"));
  }

  /** The first entries between two numbers, from the one end or the other. */
  async range({ archive, above, below }: Criteria, { backward, wanted, steps }: Walk): Promise<Entry[]> {
    const query = backward ? this.#backward : this.#forward;
    const entries: Entry[] = [];
    while (entries.length < wanted) {
      const most = Math.min(wanted - entries.length, MOST_MESSAGES);
      const chosen = inOrder(query.all(archive.id, above, below, most), backward).slice(0, most);
      entries.push(...chosen.map(entryOf));
      if (chosen.length < most) break;
      const edge = chosen.at(-1)?.number ?? NaN;
      [above, below] = backward ? [above, edge] : [edge, below];
      await steps.pause();
    }
    return entries;
  }

  /** The entries with these numbers, in this order, without those that are gone. */
  async numbers({ archive }: Criteria, numbers: readonly number[], steps: Steps): Promise<Entry[]> {
    const entries = new Map<number, Entry>();
    for (let at = 0; at < numbers.length; at += MOST_MESSAGES) {
      const some = JSON.stringify(numbers.slice(at, at + MOST_MESSAGES));
      const rows = this.#numbers.all(archive.id, some);
      for (const row of rows) entries.set(row.number, entryOf(row));
      await steps.pause();
    }
    return numbers.flatMap((number) => entries.get(number) ?? []);
  }

  /** `undefined` for an archive that is empty. */
  extent(archive: number): Extent | undefined {
    const [first] = inOrder(this.#first.all(archive), false);
    const [last] = inOrder(this.#last.all(archive), true);
    return first && last && { first: placeOf(first), last: placeOf(last) };
  }
}

function rangeQuery(table: string, order: "ASC" | "DESC"): string {
  return `
    SELECT ${COLUMNS}, stanza
    FROM ${table} AS place CROSS JOIN message ON message.number = place.number - lag
    WHERE archive = ? AND place.number > ? AND place.number < ? ORDER BY place.number ${order} LIMIT ?`;
}

function numbersQuery(table: string): string {
  return `
    SELECT ${COLUMNS}, stanza
    FROM json_each(?2)
    CROSS JOIN ${table} AS place ON archive = ?1 AND place.number = value
    CROSS JOIN message ON message.number = place.number - lag`;
}

function endQuery(table: string, order: "ASC" | "DESC"): string {
  return `SELECT ${COLUMNS} FROM ${table} AS place WHERE archive = ? ORDER BY number ${order} LIMIT 1`;
}

function inOrder<Row extends EntryRow>(rows: Row[], backward: boolean): Row[] {
  return rows.sort((a, b) => backward ? b.number - a.number : a.number - b.number);
}

function entryOf(row: MessageRow): Entry {
  return { ...placeOf(row), stanza: row.stanza };
}

function placeOf({ number, ahead, high, low }: EntryRow): Omit<Entry, "stanza"> {
  const random = BigInt.asUintN(64, BigInt(high) << 32n | BigInt(low));
  return { id: formatArchiveId({ number, random }), time: timeOfNumber(number) - ahead };
}
