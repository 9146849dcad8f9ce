import type { DatabaseSync, StatementSync } from "node:sqlite";
import { timeOfNumber } from "../id.ts";
import { Query } from "./query.ts";

/** An archive's hold on a message. */
export interface Hold {
  readonly archive: number;
  /** Difference between the entry's number and the message's. */
  readonly lag: number;
}

/** Holders of a message: joining those that do, and letting go, the last of them taking the message along. */
export class Holders {
  readonly #exists: Query<{ number: number }>;
  readonly #joinOne: StatementSync;
  readonly #joinTwo: StatementSync;
  readonly #drop: StatementSync;
  readonly #leaveOne: StatementSync;
  readonly #leaveTwo: StatementSync;

  constructor(db: DatabaseSync) {
    this.#exists = new Query(db, "SELECT number FROM message WHERE number = ?");
    const same = "WHERE number = ? AND ahead = ? AND stanza = ?";
    this.#joinOne = db.prepare(`UPDATE message SET one = ?, one_lag = ? ${same} AND one IS NULL`);
    this.#joinTwo = db.prepare(`UPDATE message SET two = ?, two_lag = ? ${same} AND two IS NULL`);
    this.#drop = db.prepare("DELETE FROM message WHERE number = ? AND (one IS NULL OR two IS NULL)");
    const mine = "WHERE number = ?";
    this.#leaveOne = db.prepare(
      `UPDATE message SET one = NULL, one_lag = NULL ${mine} AND one = ? AND one_lag = ?`,
    );
    this.#leaveTwo = db.prepare(
      `UPDATE message SET two = NULL, two_lag = NULL ${mine} AND two = ? AND two_lag = ?`,
    );
  }

  exists(message: number): boolean {
    return this.#exists.get(message) !== undefined;
  }

  /** Says whether the message is there, is the same, and has one holder only, who is joined now. */
  join(message: number, { archive, lag }: Hold, { time, stanza }: { time: number; stanza: string }): boolean {
    const same = [message, timeOfNumber(message) - time, stanza];
    // The one who is there has come first, as a rule, and has not left.
    return [this.#joinTwo, this.#joinOne].some((join) => Number(join.run(archive, lag, ...same).changes) > 0);
  }

  leave(message: number, { archive, lag }: Hold): void {
    const steps = [[message], [message, archive, lag], [message, archive, lag]];
    [this.#drop, this.#leaveOne, this.#leaveTwo].some((leave, step) =>
      Number(leave.run(...steps[step] ?? []).changes) > 0
    );
  }
}
