import type { DatabaseSync } from "node:sqlite";
import type { Entry, Extent } from "../archive.ts";
import { formatArchiveId, timeOfNumber } from "../id.ts";
import { conditionsOf, isRange } from "./conditions.ts";
import type { Limits } from "./limits.ts";
import type { Criteria } from "./lookup.ts";
import { memoized } from "./memoized.ts";
import { EntryQuery, Query } from "./query.ts";
import { type Range, Ranges } from "./ranges.ts";
import type { Steps } from "./steps.ts";

/** Messages that one statement fetches, at most, and ids that it looks for. */
const MOST = 500;

/** What is read of an entry. The random half comes in two: rows with `bigint`s take half as long again. */
const COLUMNS = "place.number, place.ahead, place.random >> 32 AS high, place.random & 0xffffffff AS low";

/** How far to go. */
export interface Walk {
  /** From the end of the archive. */
  readonly backward: boolean;
  /** Entries that are enough. */
  readonly wanted: number;
  readonly steps: Steps;
}

interface EntryRow {
  readonly number: number;
  readonly ahead: number;
  /** The random half. */
  readonly high: number;
  readonly low: number;
}

interface MessageRow extends EntryRow {
  readonly stanza: string;
}

/** Finds entries, with their messages, in statements of bounded length. */
export class Find {
  readonly #ranges: Ranges;
  readonly #part: (sql: string) => Query<MessageRow>;
  readonly #named: (conditions: string) => EntryQuery<MessageRow>;
  readonly #first: EntryQuery<EntryRow>;
  readonly #last: EntryQuery<EntryRow>;

  constructor(db: DatabaseSync, limits: Limits) {
    this.#ranges = new Ranges(db, limits);
    this.#part = memoized((sql) => new Query(db, sql));
    this.#named = memoized((conditions) => new EntryQuery(db, (table) => namedQuery(table, conditions)));
    this.#first = new EntryQuery(db, (table) => endQuery(table, "ASC"));
    this.#last = new EntryQuery(db, (table) => endQuery(table, "DESC"));
  }

  /** The first matching entries, from the one end of the archive or the other. */
  async entries(criteria: Criteria, walk: Walk): Promise<Entry[]> {
    const { backward, wanted, steps } = walk;
    const rows = criteria.numbers
      ? await this.#among(criteria, criteria.numbers, steps)
      : await this.#within(criteria, walk);
    return inOrder(rows, backward).slice(0, wanted).map(entryOf);
  }

  /** `undefined` for an archive that is empty. */
  extent(archive: number): Extent | undefined {
    const [first] = inOrder(this.#first.all(archive), false);
    const [last] = inOrder(this.#last.all(archive), true);
    return first && last && { first: placeOf(first), last: placeOf(last) };
  }

  /** The first that match among the recent entries, and the first among the settled ones. */
  async #within(criteria: Criteria, walk: Walk): Promise<MessageRow[]> {
    const whole: Range[] = [[criteria.above, criteria.below]];
    // Where everything matches, a statement ends when it has enough.
    const ranges = isRange(criteria) ? whole : this.#ranges.of(criteria, walk.backward);
    const { sql, parameters } = conditionsOf(criteria);
    const order = walk.backward ? "DESC" : "ASC";
    const rows: MessageRow[] = [];
    // In this order, an entry that moves on between two steps is found twice rather than not at all.
    for (const [table, parts] of [["recent", whole], ["entry", ranges]] as const) {
      const query = this.#part(partQuery(table, sql, order));
      rows.push(...await firstOf(parts, walk, (above, below, most) => query.all(...parameters(above, below), most)));
    }
    return rows;
  }

  /** Those of the named entries that match. */
  async #among(criteria: Criteria, numbers: readonly number[], steps: Steps): Promise<MessageRow[]> {
    const { sql, parameters } = conditionsOf(criteria);
    const rows: MessageRow[] = [];
    for (let at = 0; at < numbers.length; at += MOST) {
      const some = JSON.stringify(numbers.slice(at, at + MOST));
      rows.push(...this.#named(sql).all(some, ...parameters(criteria.above, criteria.below)));
      await steps.pause();
    }
    return rows;
  }
}

/** Goes through parts of an archive until there are enough rows. */
async function firstOf(
  parts: Iterable<Range>,
  { backward, wanted, steps }: Walk,
  fetch: (above: number, below: number, most: number) => MessageRow[],
): Promise<MessageRow[]> {
  const rows: MessageRow[] = [];
  for (let [above, below] of parts) {
    while (rows.length < wanted) {
      const most = Math.min(wanted - rows.length, MOST);
      const found = fetch(above, below, most);
      rows.push(...found);
      await steps.pause();
      const last = found.at(-1);
      if (last === undefined || found.length < most) break;
      [above, below] = backward ? [above, last.number] : [last.number, below];
    }
    if (rows.length >= wanted) break;
  }
  return rows;
}

function partQuery(table: string, conditions: string, order: "ASC" | "DESC"): string {
  return `
    SELECT ${COLUMNS}, stanza
    FROM ${table} AS place CROSS JOIN message ON message.number = place.number - place.lag
    WHERE ${conditions} ORDER BY place.number ${order} LIMIT ?`;
}

function namedQuery(table: string, conditions: string): string {
  return `
    SELECT ${COLUMNS}, stanza
    FROM json_each(?)
    CROSS JOIN ${table} AS place ON place.number = value
    CROSS JOIN message ON message.number = place.number - place.lag
    WHERE ${conditions}`;
}

function endQuery(table: string, order: "ASC" | "DESC"): string {
  return `SELECT ${COLUMNS} FROM ${table} AS place WHERE archive = ? ORDER BY number ${order} LIMIT 1`;
}

/** Sorted, and each once. */
function inOrder<Row extends EntryRow>(rows: Row[], backward: boolean): Row[] {
  return rows.sort((a, b) => backward ? b.number - a.number : a.number - b.number)
    .filter(({ number }, index) => number !== rows[index - 1]?.number);
}

function entryOf(row: MessageRow): Entry {
  return { ...placeOf(row), stanza: row.stanza };
}

function placeOf({ number, ahead, high, low }: EntryRow): Omit<Entry, "stanza"> {
  const random = BigInt.asUintN(64, BigInt(high) << 32n | BigInt(low));
  return { id: formatArchiveId({ number, random }), time: timeOfNumber(number) - ahead };
}
