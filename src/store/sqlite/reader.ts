import type { DatabaseSync } from "node:sqlite";
import { LIMITS } from "./limits.ts";
import { Read } from "./read.ts";
import { Reading } from "./reading.ts";
import { State } from "./state.ts";

/** Archives that another process may be writing. */
export class SqliteReader extends Reading {
  readonly #db: DatabaseSync;

  constructor(db: DatabaseSync, path: string) {
    super(db, path);
    this.#db = db;
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#db.close();
    return Promise.resolve();
  }

  protected get state(): State {
    return new State(this.#db);
  }

  /** Sees one state of what others write, from the first statement to the last; who asks twice at once shares it. */
  protected async ask<T>(question: (read: Read) => T | Promise<T>): Promise<T> {
    try {
      if (!this.#db.isTransaction) this.#db.exec("BEGIN");
      return await question(new Read(this.#db, this.state, LIMITS));
    } finally {
      if (this.#db.isTransaction) this.#db.exec("COMMIT");
    }
  }
}
