import type { Queries } from "./connection/session.ts";

/** Seconds after which a sweep that was begun by a process that is gone is gone on with by another. */
const SECONDS = 60;

/**
 * The right to sweep, which one process has at a time; the clock is the server's. It spares work and no more: two that sweep at
 * once do each other no harm, as each step locks the archives that it takes from.
 */
export class Lease {
  readonly #queries: Queries;
  readonly #holder = crypto.randomUUID();

  constructor(queries: Queries) {
    this.#queries = queries;
  }

  /** Takes it or keeps it on; `false` where another has it. */
  async take(): Promise<boolean> {
    const rows = await this.#queries.query(
      `UPDATE state SET sweeper = $1, sweeper_until = now() + interval '${SECONDS} seconds'
       WHERE one AND (sweeper = $1 OR sweeper_until < now()) RETURNING one`,
      [this.#holder],
    );
    return rows.length > 0;
  }

  /** Gives it back. */
  async release(): Promise<void> {
    await this.#queries.query(
      "UPDATE state SET sweeper_until = '-infinity' WHERE one AND sweeper = $1",
      [this.#holder],
    );
  }
}
