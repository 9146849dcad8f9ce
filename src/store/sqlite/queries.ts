import type { DatabaseSync, SQLInputValue, StatementSync } from "node:sqlite";

declare module "node:sqlite" {
  /** Parts that Deno's types leave out. */
  interface StatementSync {
    setReturnArrays(enabled: boolean): void;
  }
}

/** Forms of rows: objects; tuples, which take five sixths of the time where there are many; objects with 64-bit integers. */
type Form = "objects" | "tuples" | "bigints";

/** A connection that remembers the statements that were prepared on it. */
export class Queries {
  readonly db: DatabaseSync;
  readonly #prepared = { objects: new Map(), tuples: new Map(), bigints: new Map() } as const satisfies Record<
    Form,
    Map<string, StatementSync>
  >;

  constructor(db: DatabaseSync) {
    this.db = db;
  }

  /** Returns a prepared statement. */
  sql(text: string, form: Form = "objects"): StatementSync {
    const prepared: Map<string, StatementSync> = this.#prepared[form];
    let statement = prepared.get(text);
    if (statement === undefined) {
      statement = this.db.prepare(text);
      statement.setReadBigInts(form === "bigints");
      statement.setReturnArrays(form === "tuples");
      prepared.set(text, statement);
    }
    return statement;
  }

  /** Returns the first row. */
  get<Row extends object>(text: string, ...values: SQLInputValue[]): Row | undefined {
    return this.sql(text).get(...values) as Row | undefined;
  }

  all<Row extends object>(text: string, ...values: SQLInputValue[]): Row[] {
    return this.sql(text).all(...values) as object[] as Row[];
  }

  tuples<Row extends readonly unknown[]>(text: string, ...values: SQLInputValue[]): Row[] {
    return this.sql(text, "tuples").all(...values) as object[] as Row[];
  }

  /** Returns rows whose every integer is a `bigint`: for columns that need all 64 bits. */
  bigints<Row extends object>(text: string, ...values: SQLInputValue[]): Row[] {
    return this.sql(text, "bigints").all(...values) as object[] as Row[];
  }

  /** Returns how many rows were changed. */
  run(text: string, ...values: SQLInputValue[]): number {
    return Number(this.sql(text).run(...values).changes);
  }
}
