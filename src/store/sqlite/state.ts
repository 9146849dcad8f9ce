import type { DatabaseSync, StatementSync } from "node:sqlite";
import { Query } from "./query.ts";

interface Columns {
  readonly newest: number;
  readonly least_ahead: number;
  readonly most_ahead: number;
  readonly recents: number;
  readonly swept: number;
}

interface Values {
  /** The greatest number that any id ever held had. */
  newest: number;
  /** Bounds of how many milliseconds numbers run ahead of the time of receipt. */
  leastAhead: number;
  mostAhead: number;
  /** Rows of the table `recent`. */
  recents: number;
  /** The time by which the last sweep went; 0 before the first. */
  swept: number;
}

/** Facts about the store as a whole: its one row, kept in memory and written with each transaction that changes it. */
export class State implements Values {
  newest: number;
  leastAhead: number;
  mostAhead: number;
  recents: number;
  swept: number;
  readonly #update: StatementSync;

  constructor(db: DatabaseSync) {
    const row = new Query<Columns>(db, "SELECT newest, least_ahead, most_ahead, recents, swept FROM state").get();
    // The words of SQLite itself.
    // deno-lint-ignore plain-english/error-message
    if (row === undefined) throw new Error("database disk image is malformed");
    this.newest = row.newest;
    this.leastAhead = row.least_ahead;
    this.mostAhead = row.most_ahead;
    this.recents = row.recents;
    this.swept = row.swept;
    this.#update = db.prepare("UPDATE state SET newest = ?, least_ahead = ?, most_ahead = ?, recents = ?, swept = ?");
  }

  save(): void {
    this.#update.run(this.newest, this.leastAhead, this.mostAhead, this.recents, this.swept);
  }

  /** Values to go back to when the transaction that begins is rolled back. */
  values(): Values {
    const { newest, leastAhead, mostAhead, recents, swept } = this;
    return { newest, leastAhead, mostAhead, recents, swept };
  }

  restore(values: Values): void {
    Object.assign(this, values);
  }

  /** Takes note of an entry that is added to `recent`. */
  sawEntry(number: number, ahead: number): void {
    this.sawSettled(number, ahead);
    this.recents++;
  }

  /** Takes note of an entry that is added to `entry`. */
  sawSettled(number: number, ahead: number): void {
    this.sawNumber(number);
    this.leastAhead = Math.min(this.leastAhead, ahead);
    this.mostAhead = Math.max(this.mostAhead, ahead);
  }

  /** Takes note of an id. */
  sawNumber(number: number): void {
    this.newest = Math.max(this.newest, number);
  }
}
