import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { Expired } from "../archive.ts";
import { firstNumberAt, NUMBERS_PER_MILLISECOND, timeOfNumber } from "../id.ts";
import type { Entries } from "./entries.ts";
import { type Hold, Holders } from "./holders.ts";
import type { Limits } from "./limits.ts";
import { Query } from "./query.ts";
import type { State } from "./state.ts";

interface Candidate {
  readonly number: number;
  readonly ahead: number;
  readonly one: number | null;
  readonly one_lag: number | null;
  readonly two: number | null;
  readonly two_lag: number | null;
}

/**
 * Forgets the oldest messages of all archives. They lie at the front of the table `message`, each with its holders, so a step
 * reads little else than what it removes. Where numbers run ahead of the time it must look as far ahead; what it has looked
 * at and left is passed over by the next steps of the same sweep.
 */
export class Expire {
  readonly #state: State;
  readonly #entries: Entries;
  readonly #holders: Holders;
  readonly #spared: number;
  readonly #candidates: Query<Candidate>;
  readonly #drop: StatementSync;

  constructor(db: DatabaseSync, { state, entries, limits }: { state: State; entries: Entries; limits: Limits }) {
    this.#state = state;
    this.#entries = entries;
    this.#spared = limits.sparedMessages;
    this.#holders = new Holders(db);
    this.#candidates = new Query(
      db,
      `SELECT number, ahead, one, one_lag, two, two_lag FROM message
       WHERE number >= ? AND number < ? ORDER BY number LIMIT ?`,
    );
    this.#drop = db.prepare("DELETE FROM message WHERE number = ?");
  }

  /** One step, within the caller's transaction. */
  run(before: number, limit: number): Expired {
    const from = this.#state.sweptTo(before);
    const to = firstNumberAt(before) + this.#state.mostAhead * NUMBERS_PER_MILLISECOND;
    const most = limit + this.#spared;
    const candidates = this.#candidates.all(from, to, most);
    let entries = 0;
    let more = candidates.length === most;
    for (const candidate of candidates) {
      if (timeOfNumber(candidate.number) - candidate.ahead < before) {
        const holds = holdsOf(candidate);
        const released = holds.slice(0, limit - entries);
        this.#release(candidate.number, holds, released);
        entries += released.length;
        more ||= released.length < holds.length;
        if (released.length < holds.length) break;
      }
      this.#state.swept = { before, to: candidate.number + 1 };
    }
    this.#entries.flush();
    return { entries, more };
  }

  /** Removes some of a message's entries, and if those are all, the message. */
  #release(number: number, holds: readonly Hold[], released: readonly Hold[]): void {
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
