import type { DatabaseSync } from "node:sqlite";
import type { Entry, Extent } from "../archive.ts";
import { formatArchiveId, timeOfNumber } from "../id.ts";
import type { Criteria } from "./lookup.ts";
import { EntryQuery } from "./query.ts";
import type { Walk } from "./scan.ts";
import type { Steps } from "./steps.ts";

/** Messages that one statement fetches at most. */
const MOST_MESSAGES = 500;

interface EntryRow {
  readonly number: bigint;
  readonly ahead: bigint;
  readonly random: bigint;
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
    // The random half needs all 64 bits.
    const bigints = { bigints: true };
    this.#forward = new EntryQuery(db, (table) => rangeQuery(table, "ASC"), bigints);
    this.#backward = new EntryQuery(db, (table) => rangeQuery(table, "DESC"), bigints);
    this.#numbers = new EntryQuery(db, numbersQuery, bigints);
    this.#first = new EntryQuery(db, (table) => endQuery(table, "ASC"), bigints);
    this.#last = new EntryQuery(db, (table) => endQuery(table, "DESC"), bigints);
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
      const edge = Number(chosen.at(-1)?.number);
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
      for (const row of rows) entries.set(Number(row.number), entryOf(row));
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
    SELECT place.number, place.ahead, random, stanza
    FROM ${table} AS place CROSS JOIN message ON message.number = place.number - lag
    WHERE archive = ? AND place.number > ? AND place.number < ? ORDER BY place.number ${order} LIMIT ?`;
}

function numbersQuery(table: string): string {
  return `
    SELECT place.number, place.ahead, random, stanza
    FROM json_each(?2)
    CROSS JOIN ${table} AS place ON archive = ?1 AND place.number = value
    CROSS JOIN message ON message.number = place.number - lag`;
}

function endQuery(table: string, order: "ASC" | "DESC"): string {
  return `SELECT number, ahead, random FROM ${table} WHERE archive = ? ORDER BY number ${order} LIMIT 1`;
}

function inOrder<Row extends EntryRow>(rows: Row[], backward: boolean): Row[] {
  return rows.sort((a, b) => Number(backward ? b.number - a.number : a.number - b.number));
}

function entryOf(row: MessageRow): Entry {
  return { ...placeOf(row), stanza: row.stanza };
}

function placeOf({ number, ahead, random }: EntryRow): Omit<Entry, "stanza"> {
  return {
    id: formatArchiveId({ number: Number(number), random: BigInt.asUintN(64, random) }),
    time: timeOfNumber(Number(number)) - Number(ahead),
  };
}
