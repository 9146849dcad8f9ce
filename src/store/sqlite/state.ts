import type { DatabaseSync, StatementSync } from "node:sqlite";
import { Query } from "./query.ts";

interface Columns {
  readonly newest: number;
  readonly least_ahead: number;
  readonly most_ahead: number;
  readonly recents: number;
}

interface Values {
  /** The greatest number that any id ever held had. */
  newest: number;
  /** Bounds of how many milliseconds numbers run ahead of the time of receipt. */
  leastAhead: number;
  mostAhead: number;
  /** Rows of the table `recent`. */
  recents: number;
  /** Every message below the number `to` was received at the time `before` or later. Known in memory only. */
  swept: { readonly before: number; readonly to: number };
}

/** Nothing has been looked at. */
const UNSWEPT = { before: -Infinity, to: -Infinity };

/** What is known of the store as a whole: its one row, kept in memory and written with each transaction that changes it. */
export class State implements Values {
  newest: number;
  leastAhead: number;
  mostAhead: number;
  recents: number;
  swept = UNSWEPT;
  readonly #update: StatementSync;

  constructor(db: DatabaseSync) {
    const row = new Query<Columns>(db, "SELECT newest, least_ahead, most_ahead, recents FROM state").get();
    if (row === undefined) throw new Error("database disk image is malformed");
    this.newest = row.newest;
    this.leastAhead = row.least_ahead;
    this.mostAhead = row.most_ahead;
    this.recents = row.recents;
    this.#update = db.prepare("UPDATE state SET newest = ?, least_ahead = ?, most_ahead = ?, recents = ?");
  }

  save(): void {
    this.#update.run(this.newest, this.leastAhead, this.mostAhead, this.recents);
  }

  /** What to go back to when the transaction that begins is rolled back. */
  values(): Values {
    const { newest, leastAhead, mostAhead, recents, swept } = this;
    return { newest, leastAhead, mostAhead, recents, swept };
  }

  restore(values: Values): void {
    Object.assign(this, values);
  }

  /** Takes note of a message that is added. */
  sawMessage(number: number): void {
    if (number < this.swept.to) this.swept = UNSWEPT;
  }

  /** Takes note of an entry that is added. */
  sawEntry(number: number, ahead: number): void {
    this.newest = Math.max(this.newest, number);
    this.leastAhead = Math.min(this.leastAhead, ahead);
    this.mostAhead = Math.max(this.mostAhead, ahead);
    this.recents++;
  }

  /** Where a sweep for a time goes on. */
  sweptTo(before: number): number {
    return this.swept.before === before ? this.swept.to : Number.MIN_SAFE_INTEGER;
  }
}
