import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { Expired } from "../archive.ts";
import { firstNumberAt } from "../id.ts";
import type { Entries } from "./entries.ts";
import { type Hold, Holders } from "./holders.ts";
import { Query } from "./query.ts";

interface Candidate {
  readonly number: number;
  readonly one: number | null;
  readonly one_lag: number | null;
  readonly two: number | null;
  readonly two_lag: number | null;
}

/**
 * Forgets the oldest messages of all archives. They lie at the front of the table `message`, each with its holders, so a step
 * reads little else than what it removes.
 *
 * Age is a matter of the number, not of the time of receipt: where the clock was wrong the two differ, and only the order of
 * arrival leaves no gap in an archive.
 */
export class Expire {
  readonly #entries: Entries;
  readonly #holders: Holders;
  readonly #candidates: Query<Candidate>;
  readonly #drop: StatementSync;

  constructor(db: DatabaseSync, entries: Entries) {
    this.#entries = entries;
    this.#holders = new Holders(db);
    this.#candidates = new Query(
      db,
      `SELECT number, one, one_lag, two, two_lag FROM message
       WHERE number < ? AND (number + one_lag < ? OR number + two_lag < ?) ORDER BY number LIMIT ?`,
    );
    this.#drop = db.prepare("DELETE FROM message WHERE number = ?");
  }

  /** One step, within the caller's transaction. */
  run(before: number, limit: number): Expired {
    const end = firstNumberAt(before);
    let entries = 0;
    let more = false;
    for (const candidate of this.#candidates.all(end, end, end, limit + 1)) {
      const holds = holdsOf(candidate);
      const old = holds.filter(({ lag }) => candidate.number + lag < end);
      const released = old.slice(0, limit - entries);
      more = released.length < old.length;
      this.#release(candidate.number, released, holds);
      entries += released.length;
      if (more) break;
    }
    this.#entries.flush();
    return { entries, more };
  }

  /** Lets some holds on a message go, and with the last of them the message. */
  #release(number: number, released: readonly Hold[], holds: readonly Hold[]): void {
    for (const { archive, lag } of released) this.#entries.remove(archive, number + lag);
    if (released.length === holds.length) this.#drop.run(number);
    else for (const hold of released) this.#holders.leave(number, hold);
  }
}

function holdsOf({ one, one_lag, two, two_lag }: Candidate): Hold[] {
  return [{ archive: one, lag: one_lag }, { archive: two, lag: two_lag }].flatMap(({ archive, lag }) => (
    archive === null || lag === null ? [] : [{ archive, lag }]
  ));
}
