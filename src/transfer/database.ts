/**
 * Reads the SQLite databases of servers, which may be running.
 *
 * @module
 */
import { DatabaseSync, type SQLInputValue, type StatementSync } from "node:sqlite";
import { TransferError } from "./error.ts";

/** A row, by column. */
export type Row = Readonly<Record<string, unknown>>;

/** Another program's database, to be read only. Throws `TransferError`. */
export class SourceDatabase implements Disposable {
  readonly #path: string;
  readonly #db: DatabaseSync;

  constructor(path: string) {
    this.#path = path;
    try {
      this.#db = new DatabaseSync(path, { readOnly: true });
    } catch (cause) {
      throw this.failure("found no such file, or none that may be read", cause);
    }
  }

  /** The columns of a table; none when there is no such table. */
  columnsOf(table: string): ReadonlySet<string> {
    const rows = this.query("SELECT name FROM pragma_table_info(?)")(table);
    return new Set(rows.map(({ name }) => String(name)));
  }

  /** A prepared query: called with its parameters, it gives its rows. */
  query(sql: string): (...parameters: SQLInputValue[]) => Row[] {
    let statement: StatementSync | undefined;
    return (...parameters) => {
      try {
        statement ??= this.#db.prepare(sql);
        return statement.all(...parameters);
      } catch (cause) {
        throw this.failure(`found no database that can be read, expected one of SQLite`, cause);
      }
    };
  }

  failure(found: string, cause?: unknown): TransferError {
    return new TransferError({ path: this.#path, found }, { cause });
  }

  [Symbol.dispose](): void {
    this.#db.close();
  }
}

/** Rows that are read at once. */
const MOST = 500;

/** All the rows that a query finds, some at a time: it takes what follows a key, which `key` finds in a row, and a limit. */
export function* rowsOf(
  query: (key: number, limit: number) => Row[],
  key: (row: Row) => number,
): Generator<Row> {
  for (let last: number | undefined = Number.MIN_SAFE_INTEGER; last !== undefined;) {
    const rows: Row[] = query(last, MOST);
    yield* rows;
    const end: Row | undefined = rows.at(-1);
    last = end && key(end);
  }
}
