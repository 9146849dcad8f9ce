import type { DatabaseSync } from "node:sqlite";
import { conditionsOf } from "./conditions.ts";
import type { Limits } from "./limits.ts";
import type { Criteria } from "./lookup.ts";
import { memoized } from "./memoized.ts";
import { EntryQuery } from "./query.ts";
import { Ranges } from "./ranges.ts";
import type { Steps } from "./steps.ts";

/** Ids that one statement looks for. */
const MOST = 500;

interface CountRow {
  readonly count: number;
}

/** Counts matching entries, in statements of bounded length that read no messages. */
export class Count {
  readonly #ranges: Ranges;
  readonly #part: (conditions: string) => EntryQuery<CountRow>;
  readonly #named: (conditions: string) => EntryQuery<CountRow>;

  constructor(db: DatabaseSync, limits: Limits) {
    this.#ranges = new Ranges(db, limits);
    this.#part = memoized((conditions) => new EntryQuery(db, (table) => partQuery(table, conditions)));
    this.#named = memoized((conditions) => new EntryQuery(db, (table) => namedQuery(table, conditions)));
  }

  async entries(criteria: Criteria, steps: Steps): Promise<number> {
    if (criteria.numbers) return await this.#among(criteria, criteria.numbers, steps);
    const { sql, parameters } = conditionsOf(criteria);
    let count = 0;
    for (const [above, below] of this.#ranges.of(criteria, false)) {
      // Both tables in one step: between steps, entries move from one to the other.
      count += sum(this.#part(sql).all(...parameters(above, below)));
      await steps.pause();
    }
    return count;
  }

  /** Number of the named entries that match. */
  async #among(criteria: Criteria, numbers: readonly number[], steps: Steps): Promise<number> {
    const { sql, parameters } = conditionsOf(criteria);
    let count = 0;
    for (let at = 0; at < numbers.length; at += MOST) {
      const some = JSON.stringify(numbers.slice(at, at + MOST));
      count += sum(this.#named(sql).all(some, ...parameters(criteria.above, criteria.below)));
      await steps.pause();
    }
    return count;
  }
}

function partQuery(table: string, conditions: string): string {
  return `SELECT count(*) AS count FROM ${table} AS place WHERE ${conditions}`;
}

function namedQuery(table: string, conditions: string): string {
  return `
    SELECT count(*) AS count FROM json_each(?) CROSS JOIN ${table} AS place ON place.number = value
    WHERE ${conditions}`;
}

function sum(rows: readonly CountRow[]): number {
  return rows.reduce((total, { count }) => total + count, 0);
}
