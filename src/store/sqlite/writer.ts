import type { DatabaseSync } from "node:sqlite";
import type { Forgetting } from "../archive.ts";
import { BulkInsert } from "./bulk_insert.ts";
import type { Limits } from "./limits.ts";
import { Names } from "./names.ts";
import { Cursor, ExpireCursor } from "./cursors.ts";
import { Queries } from "./queries.ts";
import { State } from "./state.ts";

/** Values in memory that a transaction changes along with the database. */
export interface Cache {
  /** Notes the values to go back to. */
  begin?(): void;
  /** Goes back: the transaction is rolled back. */
  discard(): void;
}

/** The connection that writes, and what is kept in memory of the database. Every cache is registered, so that a rollback reaches it. */
export class Writer extends Queries {
  readonly #caches: Cache[] = [];
  readonly limits: Limits;
  readonly state: State = this.#cache(new State(this));
  readonly names: Names = this.#cache(new Names(this));
  /** Rows that wait to be inserted. */
  readonly inserts = {
    message: this.#cache(new BulkInsert(this, "message", 8)),
    entry: this.#cache(new BulkInsert(this, "entry", 6)),
    recent: this.#cache(new BulkInsert(this, "recent", 6)),
    foreign_id: this.#cache(new BulkInsert(this, "foreign_id", 3)),
  };
  readonly expiring: ExpireCursor = this.#cache(new ExpireCursor());
  /** The archives up to `done` hold no more than `keep` entries. */
  readonly trimming: Cursor<{ keep: number; done: number }> = this.#cache(new Cursor({ keep: 0, done: 0 }));
  /** First of the entries that move on next from `recent`. */
  readonly settling: Cursor<{ archive: number; number: number }> = this.#cache(new Cursor({ archive: 0, number: 0 }));

  constructor(db: DatabaseSync, limits: Limits) {
    super(db);
    this.limits = limits;
  }

  /** Does all of the work or none of it, in the database and in every cache. */
  transaction<T>(work: () => T, { overwrite = false }: Forgetting = {}): T {
    if (overwrite) this.db.exec("PRAGMA secure_delete = ON");
    try {
      for (const cache of this.#caches) cache.begin?.();
      return transaction(this, () => {
        const result = work();
        this.state.save(this);
        return result;
      });
    } catch (error) {
      for (const cache of this.#caches) cache.discard();
      throw error;
    } finally {
      if (overwrite) this.db.exec("PRAGMA secure_delete = FAST");
    }
  }

  #cache<C extends Cache>(cache: C): C {
    this.#caches.push(cache);
    return cache;
  }
}

/** Does all of the work or none of it, in the database. */
export function transaction<T>(queries: Queries, work: () => T): T {
  queries.run("BEGIN IMMEDIATE");
  try {
    const result = work();
    queries.run("COMMIT");
    return result;
  } catch (error) {
    // SQLite has already rolled back by itself after some errors, a full disk among them.
    if (queries.db.isTransaction) queries.db.exec("ROLLBACK");
    throw error;
  }
}
