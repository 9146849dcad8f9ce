import type { SQLInputValue } from "node:sqlite";
import type { Queries } from "./queries.ts";

/** Rows in one statement: beyond this a call costs little next to its rows. */
const ROWS = 64;

type Row = readonly SQLInputValue[];

/** Inserts rows many at a time, which takes half as long as one at a time. They wait here until `flush`. */
export class BulkInsert {
  readonly #queries: Queries;
  readonly #one: string;
  readonly #many: string;
  #waiting: Row[] = [];

  constructor(queries: Queries, table: string, columns: number) {
    const row = `(${Array(columns).fill("?").join(", ")})`;
    this.#queries = queries;
    this.#one = `INSERT INTO ${table} VALUES ${row}`;
    this.#many = `INSERT INTO ${table} VALUES ${Array(ROWS).fill(row).join(", ")}`;
  }

  add(row: Row): void {
    this.#waiting.push(row);
  }

  /** In the order given, as far as one is: rows that are neighbours in the table are best inserted one after the other. */
  flush(order?: (a: Row, b: Row) => number): void {
    const rows = order ? this.#waiting.sort(order) : this.#waiting;
    this.#waiting = [];
    let at = 0;
    for (; at + ROWS <= rows.length; at += ROWS) this.#queries.sql(this.#many).run(...rows.slice(at, at + ROWS).flat());
    for (const row of rows.slice(at)) this.#queries.sql(this.#one).run(...row);
  }

  /** Drops what waits: the transaction that it belongs to is rolled back. */
  discard(): void {
    this.#waiting = [];
  }
}
