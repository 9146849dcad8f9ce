import { makeArchives, MissingArchives } from "./archives.ts";
import type { Database } from "./connection/database.ts";
import { codeOf } from "./connection/failure.ts";
import type { Partitions } from "./partitions.ts";

/** Attempts at adding something to archives, or partitions, that others forget meanwhile. */
const ATTEMPTS = 8;

/** check_violation: "no partition of relation found for row". */
const NO_PARTITION = "23514";

/** Transactions that add entries, which need archives and partitions to add them to. */
export class Additions {
  readonly #database: Database;
  readonly #partitions: Partitions;

  constructor(database: Database, partitions: Partitions) {
    this.#database = database;
    this.#partitions = partitions;
  }

  /** Runs one, for entries with about these numbers. What is missing is made before, as that must not wait for other archives. */
  async run<T>(numbers: readonly number[], work: () => Promise<T>): Promise<T> {
    for (let attempt = 1;; attempt++) {
      await this.#partitions.provide(numbers);
      try {
        return await work();
      } catch (error) {
        if (attempt === ATTEMPTS) throw error;
        if (error instanceof MissingArchives) await makeArchives(this.#database, error.owners);
        else if (codeOf(error) === NO_PARTITION) this.#partitions.forget();
        else throw error;
      }
    }
  }
}
