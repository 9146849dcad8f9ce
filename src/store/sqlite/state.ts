import type { Queries } from "./queries.ts";

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
  #before: Values | undefined;

  constructor(queries: Queries) {
    const row = queries.get<Columns>("SELECT newest, least_ahead, most_ahead, recents, swept FROM state");
    // The words of SQLite itself.
    // deno-lint-ignore plain-english/error-message
    if (row === undefined) throw new Error("database disk image is malformed");
    this.newest = row.newest;
    this.leastAhead = row.least_ahead;
    this.mostAhead = row.most_ahead;
    this.recents = row.recents;
    this.swept = row.swept;
  }

  save(queries: Queries): void {
    queries.run(
      "UPDATE state SET newest = ?, least_ahead = ?, most_ahead = ?, recents = ?, swept = ?",
      this.newest,
      this.leastAhead,
      this.mostAhead,
      this.recents,
      this.swept,
    );
  }

  begin(): void {
    const { newest, leastAhead, mostAhead, recents, swept } = this;
    this.#before = { newest, leastAhead, mostAhead, recents, swept };
  }

  discard(): void {
    Object.assign(this, this.#before);
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
