import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { Limits } from "./limits.ts";
import { Query } from "./query.ts";
import type { State } from "./state.ts";

interface Key {
  readonly archive: number;
  readonly number: number;
}

const START: Key = { archive: 0, number: 0 };
const END: Key = { archive: Number.MAX_SAFE_INTEGER, number: 0 };

/**
 * Moves entries from `recent` to `entry`, archive after archive and then round again. A slice has all that an archive has
 * received since its last turn, so each page of `entry` that it dirties takes many rows; were the oldest moved first, each
 * would take one.
 */
export class Settle {
  readonly #state: State;
  readonly #most: number;
  readonly #edge: Query<Key>;
  readonly #count: StatementSync;
  readonly #copy: StatementSync;
  readonly #remove: StatementSync;
  #from = START;

  constructor(db: DatabaseSync, state: State, { recentEntries, settledEntries }: Limits) {
    this.#state = state;
    this.#most = recentEntries;
    this.#edge = new Query(
      db,
      `SELECT archive, number FROM recent WHERE (archive, number) >= (?, ?)
       ORDER BY archive, number LIMIT 1 OFFSET ${settledEntries}`,
    );
    const slice = "recent WHERE (archive, number) >= (?, ?) AND (archive, number) < (?, ?)";
    this.#count = db.prepare(
      `UPDATE archive SET settled = settled + rows
       FROM (SELECT archive AS which, count(*) AS rows FROM ${slice} GROUP BY archive) WHERE id = which`,
    );
    this.#copy = db.prepare(`INSERT INTO entry SELECT * FROM ${slice}`);
    this.#remove = db.prepare(`DELETE FROM ${slice}`);
  }

  /** Moves slices until `recent` is small enough, within the caller's transaction. */
  run(): void {
    while (this.#state.recents > this.#most) {
      const to = this.#edge.get(this.#from.archive, this.#from.number) ?? END;
      const slice = [this.#from.archive, this.#from.number, to.archive, to.number];
      this.#count.run(...slice);
      this.#copy.run(...slice);
      this.#state.recents -= Number(this.#remove.run(...slice).changes);
      this.#from = to === END ? START : to;
    }
  }
}
