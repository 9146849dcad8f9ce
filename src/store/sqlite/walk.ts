import type { DatabaseSync } from "node:sqlite";
import type { WholeEntry } from "../archive.ts";
import { nextTurn } from "../../lib/next_turn.ts";
import { inOrder, wholeEntryOf, wholeQuery, type WholeRow } from "./entry_rows.ts";
import { failure } from "./failure.ts";
import { Query } from "./query.ts";
import { TABLES } from "./schema.ts";

/** Rows that one statement reads. */
const MOST = 500;

/**
 * Reads all that there is, a bounded part at a time, while others write, be they in this process or another. So each part is
 * one statement, which sees one state: between two, entries move on from one table to the other, and when an owner is
 * forgotten the next may get the number of that archive.
 */
export class Walk {
  readonly #path: string;
  readonly #entries: Query<WholeRow>;

  constructor(db: DatabaseSync, path: string) {
    this.#path = path;
    const sql = TABLES.map((table) => `SELECT * FROM (${wholeQuery(table)})`).join(" UNION ALL ");
    this.#entries = new Query(db, sql, { tuples: true });
  }

  async *entries(owner: string): AsyncGenerator<WholeEntry> {
    for (let last: number | undefined = Number.MIN_SAFE_INTEGER; last !== undefined;) {
      const from: number = last;
      const rows = await this.#step(() => this.#entries.all(owner, from, MOST));
      const found = inOrder(rows, false).slice(0, MOST);
      for (const row of found) yield wholeEntryOf(row);
      last = found.at(-1)?.[0];
    }
  }

  async #step<T>(work: () => T): Promise<T> {
    await nextTurn();
    try {
      return work();
    } catch (error) {
      throw failure("read", this.#path, error);
    }
  }
}
