import type { DatabaseSync } from "node:sqlite";
import type { Entry, Extent } from "../archive.ts";
import { conditionsOf, isRange } from "./conditions.ts";
import {
  endQuery,
  entryOf,
  type EntryRow,
  inOrder,
  type MessageRow,
  namedQuery,
  partQuery,
  placeOf,
} from "./entry_rows.ts";
import type { Limits } from "./limits.ts";
import type { Criteria } from "./lookup.ts";
import { memoized } from "./memoized.ts";
import { EntryQuery, Query } from "./query.ts";
import { type Range, Ranges } from "./ranges.ts";
import type { TABLES } from "./schema.ts";
import type { Steps } from "./steps.ts";

/** Messages that one statement fetches, at most, and ids that it looks for. */
const MOST = 500;

/** Option that reads rows as tuples. */
const TUPLES = { tuples: true };

/** Limits of a walk. */
export interface Walk {
  /** From the end of the archive. */
  readonly backward: boolean;
  /** Entries that are enough. */
  readonly wanted: number;
  readonly steps: Steps;
}

type Table = typeof TABLES[number];

/** A part of an archive, and the tables that may have entries of it. */
interface Stretch {
  readonly tables: readonly Table[];
  readonly above: number;
  readonly below: number;
}

/** Finds entries, with their messages, in statements of bounded length. */
export class Find {
  readonly #ranges: Ranges;
  readonly #part: (sql: string) => Query<MessageRow>;
  readonly #named: (conditions: string) => EntryQuery<MessageRow>;
  readonly #oldestRecent: Query<{ number: number }>;
  readonly #ends: Readonly<Record<"first" | "last", EntryQuery<EntryRow>>>;

  constructor(db: DatabaseSync, limits: Limits) {
    this.#ranges = new Ranges(db, limits);
    this.#part = memoized((sql) => new Query(db, sql, TUPLES));
    this.#named = memoized((conditions) => new EntryQuery(db, (table) => namedQuery(table, conditions), TUPLES));
    this.#oldestRecent = new Query(
      db,
      "SELECT number FROM recent WHERE archive = ? AND number > ? AND number < ? ORDER BY number LIMIT 1",
    );
    this.#ends = {
      first: new EntryQuery(db, (table) => endQuery(table, "ASC"), TUPLES),
      last: new EntryQuery(db, (table) => endQuery(table, "DESC"), TUPLES),
    };
  }

  /** The first matching entries, from the one end of the archive or the other. */
  async entries(criteria: Criteria, walk: Walk): Promise<Entry[]> {
    const { backward, wanted, steps } = walk;
    const rows = criteria.numbers
      ? inOrder(await this.#among(criteria, criteria.numbers, steps), backward).slice(0, wanted)
      : await this.#within(criteria, walk);
    return rows.map(entryOf);
  }

  /** `undefined` for an archive that is empty. */
  extent(archive: number): Extent | undefined {
    const [first] = inOrder(this.#ends.first.all(archive), false);
    const [last] = inOrder(this.#ends.last.all(archive), true);
    return first && last && { first: placeOf(first), last: placeOf(last) };
  }

  /** The first that match, in order. */
  async #within(criteria: Criteria, walk: Walk): Promise<MessageRow[]> {
    const rows: MessageRow[] = [];
    for (const { tables, above, below } of this.#stretches(criteria, walk.backward)) {
      const wanted = walk.wanted - rows.length;
      if (wanted === 0 || above + 1 >= below) continue;
      const found: MessageRow[] = [];
      for (const table of tables) {
        found.push(...await this.#first(table, { ...criteria, above, below }, { ...walk, wanted }));
      }
      rows.push(...inOrder(found, walk.backward).slice(0, wanted));
    }
    return rows;
  }

  /**
   * Before the oldest recent entry, all are settled. From there on either table may have the next; the recent ones are asked
   * first, so that an entry which moves on meanwhile is found twice rather than not at all.
   */
  #stretches({ archive, above, below }: Criteria, backward: boolean): Stretch[] {
    const oldest = this.#oldestRecent.get(archive.id, above, below)?.number ?? below;
    const stretches: Stretch[] = [
      { tables: ["entry"], above, below: oldest },
      { tables: ["recent", "entry"], above: oldest - 1, below },
    ];
    return backward ? stretches.reverse() : stretches;
  }

  /** The first that match in one table. */
  async #first(table: Table, criteria: Criteria, { backward, wanted, steps }: Walk): Promise<MessageRow[]> {
    const { sql, parameters } = conditionsOf(criteria);
    const query = this.#part(partQuery(table, sql, backward ? "DESC" : "ASC"));
    const rows: MessageRow[] = [];
    for (let [above, below] of this.#rangesOf(table, criteria, backward)) {
      while (rows.length < wanted) {
        const most = Math.min(wanted - rows.length, MOST);
        const found = query.all(...parameters(above, below), most);
        rows.push(...found);
        await steps.pause();
        const last = found.at(-1);
        if (last === undefined || found.length < most) break;
        [above, below] = backward ? [above, last[0]] : [last[0], below];
      }
      if (rows.length === wanted) break;
    }
    return rows;
  }

  /** Ranges to read. Where everything matches, a statement ends when it has enough, and `recent` is small. */
  #rangesOf(table: Table, criteria: Criteria, backward: boolean): Iterable<Range> {
    if (table === "recent" || isRange(criteria)) return [[criteria.above, criteria.below]];
    return this.#ranges.of(criteria, backward);
  }

  /** Messages of the named entries that match. */
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
