import type { DatabaseSync } from "node:sqlite";
import { Query } from "./query.ts";

/** The file keeps this part of itself free, to be used again. */
const FREE = 1 / 4;

/** Pages that are never worth giving back: 8 MiB. */
const FEW = 1024;

/** Pages given back in one step: some milliseconds. */
const STEP = 200;

/** Gives a part of the free space back to the file system, where there is far more of it than will soon be used again. */
export class Shrink {
  readonly #vacuum: Query<never>;
  readonly #pages: Query<{ page_count: number; freelist_count: number }>;

  constructor(db: DatabaseSync) {
    this.#vacuum = new Query(db, `PRAGMA incremental_vacuum(${STEP})`);
    this.#pages = new Query(db, "SELECT page_count, freelist_count FROM pragma_page_count, pragma_freelist_count");
  }

  /** One step, within the caller's transaction. */
  run(): void {
    const { page_count: pages, freelist_count: free } = this.#pages.get() ?? { page_count: 0, freelist_count: 0 };
    // The pragma frees a page for each row that is asked for.
    if (free > FEW && free > pages * FREE) this.#vacuum.all();
  }
}
