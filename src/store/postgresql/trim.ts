import type { Expired } from "../archive.ts";
import type { Database } from "./connection/database.ts";
import { dropPassed } from "./positions.ts";
import { removeOldest } from "./remove.ts";
import { MOST } from "./schema.ts";

/** Archives that are looked at in one step. */
const ARCHIVES = 128;

interface Candidate {
  readonly id: number;
  readonly entries: number;
}

/** Forgets the oldest entries of archives that hold too many, one archive after the other; their counts tell which. */
export class Trim {
  readonly #database: Database;
  /** The archives up to this one are done. Not kept on disk: those are passed quickly by the next that begins. */
  #done = 0;
  #keep = 0;

  constructor(database: Database) {
    this.#database = database;
  }

  /** One step: at most `limit` entries. */
  async run(keep: number, limit: number): Promise<Expired> {
    if (keep !== this.#keep) this.#done = 0;
    this.#keep = keep;
    const candidates = await this.#database.query<Candidate>(
      "SELECT id, entries FROM archive WHERE id > $1 ORDER BY id LIMIT $2",
      [this.#done, ARCHIVES],
    );
    let left = limit;
    for (const { id, entries } of candidates) {
      if (entries > keep) left -= await this.#trim(id, keep, left);
      if (left === 0) return { entries: limit, more: true };
      this.#done = id;
    }
    const more = candidates.length === ARCHIVES;
    if (!more) this.#done = 0;
    return { entries: limit - left, more };
  }

  /** By what the archive counts once nobody else changes it. */
  #trim(id: number, keep: number, limit: number): Promise<number> {
    return this.#database.transaction(async (queries) => {
      const [archive] = await queries.query<Candidate>("SELECT id, entries FROM archive WHERE id = $1 FOR UPDATE", [
        id,
      ]);
      const count = Math.min(limit, (archive?.entries ?? 0) - keep);
      if (count <= 0) return 0;
      const removed = await removeOldest(queries, id, { below: MOST, limit: count });
      await dropPassed(queries, id);
      return removed;
    });
  }
}
