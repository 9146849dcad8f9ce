import type { DatabaseSync, SQLInputValue, StatementSync } from "node:sqlite";
import { TABLES } from "./schema.ts";

declare module "node:sqlite" {
  /** Parts that Deno's types leave out. */
  interface StatementSync {
    setReturnArrays(enabled: boolean): void;
  }
}

/** Options of reading rows. */
interface QueryOptions {
  /** Every integer is a `bigint`: for columns that need all 64 bits. */
  readonly bigints?: boolean;
  /** Rows are tuples, which takes five sixths of the time where there are many; otherwise objects. */
  readonly tuples?: boolean;
}

/** A prepared statement that says what its rows are. */
export class Query<Row extends object> {
  readonly #statement: StatementSync;

  constructor(db: DatabaseSync, sql: string, { bigints = false, tuples = false }: QueryOptions = {}) {
    this.#statement = db.prepare(sql);
    this.#statement.setReadBigInts(bigints);
    this.#statement.setReturnArrays(tuples);
  }

  get(...parameters: SQLInputValue[]): Row | undefined {
    return this.#statement.get(...parameters) as Row | undefined;
  }

  all(...parameters: SQLInputValue[]): Row[] {
    return this.#statement.all(...parameters) as object[] as Row[];
  }
}

/** The same query over either table of entries. */
export class EntryQuery<Row extends object> {
  readonly #queries: readonly Query<Row>[];

  constructor(db: DatabaseSync, sql: (table: string) => string, options?: QueryOptions) {
    this.#queries = TABLES.map((table) => new Query(db, sql(table), options));
  }

  /** The rows of the one, then those of the other. */
  all(...parameters: SQLInputValue[]): Row[] {
    return this.#queries.flatMap((query) => query.all(...parameters));
  }
}
