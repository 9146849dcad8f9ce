import type { DatabaseSync } from "node:sqlite";
import type { Expired } from "../archive.ts";
import type { Entries } from "./entries.ts";
import { Holders } from "./holders.ts";
import { PositionWriter } from "./positions.ts";
import type { Prune } from "./prune.ts";
import { Query } from "./query.ts";

/** Archives that are looked at in one step: less than a millisecond. */
const ARCHIVES = 128;

interface Candidate {
  readonly id: number;
  readonly entries: number;
}

/** Forgets the oldest entries of archives that hold too many, one archive after the other; their counts tell which. */
export class Trim {
  readonly #entries: Entries;
  readonly #prune: Prune;
  readonly #holders: Holders;
  readonly #positions: PositionWriter;
  readonly #candidates: Query<Candidate>;
  readonly #oldest: Query<{ number: number; lag: number }>;
  /** The archives up to this one are done. Not kept on disk: those are passed quickly by the next that begins. */
  #done = 0;
  #keep = 0;

  constructor(db: DatabaseSync, entries: Entries, prune: Prune) {
    this.#entries = entries;
    this.#prune = prune;
    this.#holders = new Holders(db);
    this.#positions = new PositionWriter(db);
    this.#candidates = new Query(
      db,
      `SELECT id, settled + (SELECT count(*) FROM recent WHERE archive = archive.id) AS entries
       FROM archive WHERE id > ? ORDER BY id LIMIT ${ARCHIVES}`,
    );
    this.#oldest = new Query(
      db,
      `SELECT number, lag FROM entry WHERE archive = ?1 UNION ALL SELECT number, lag FROM recent WHERE archive = ?1
       ORDER BY number LIMIT ?2`,
    );
  }

  /** One step, within the caller's transaction: at most `limit` entries. */
  run(keep: number, limit: number): Expired {
    if (keep !== this.#keep) this.#done = 0;
    this.#keep = keep;
    const candidates = this.#candidates.all(this.#done);
    let left = limit;
    let more = candidates.length === ARCHIVES;
    for (const { id, entries } of candidates) {
      left -= this.#remove(id, Math.min(entries - keep, left));
      if (left === 0) {
        more = true;
        break;
      }
      this.#done = id;
    }
    this.#entries.flush();
    if (!more) this.#done = 0;
    return { entries: limit - left, more };
  }

  /** Forgets how far it came: the transaction in which it did is rolled back. */
  discard(): void {
    this.#done = 0;
  }

  #remove(archive: number, count: number): number {
    if (count <= 0) return 0;
    const oldest = this.#oldest.all(archive, count);
    for (const { number, lag } of oldest) {
      this.#entries.remove(archive, number);
      this.#holders.leave(number - lag, { archive, lag });
    }
    this.#prune.before(archive, count);
    const last = oldest.at(-1)?.number;
    if (last !== undefined) this.#positions.dropBefore(archive, last);
    return count;
  }
}
