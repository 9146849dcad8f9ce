import type { DatabaseSync } from "node:sqlite";
import { Query } from "./query.ts";
import { PAGE_SIZE } from "./schema.ts";

/** Pages that are given back in one step: some milliseconds. */
const STEP = 500;

/** Gives all the room that is free in a database back to the file system. What cuts it off leaves a part of that undone, no more. */
export class Compact {
  readonly #free: Query<{ freelist_count: number }>;
  readonly #giveBack: Query<never>;

  constructor(db: DatabaseSync) {
    this.#free = new Query(db, "PRAGMA freelist_count");
    this.#giveBack = new Query(db, `PRAGMA incremental_vacuum(${STEP})`);
  }

  /** One step, within the caller's transaction; says how many bytes are left. */
  run(): number {
    this.#giveBack.all();
    return (this.#free.get()?.freelist_count ?? 0) * PAGE_SIZE;
  }
}
