/**
 * The archives that hold a message: one or two. The row goes with the last of them.
 *
 * @module
 */
import type { NewMessage } from "../archive.ts";
import { timeOfNumber } from "../id.ts";
import type { Queries } from "./queries.ts";

/** An archive's hold on a message. */
export interface Hold {
  readonly archive: number;
  /** Difference between the entry's number and the message's. */
  readonly lag: number;
}

const SAME = "WHERE number = ? AND ahead = ? AND stanza = ? AND beside IS ?";

/** The one who is there has come first, as a rule, and has not left. */
const JOINS = [
  `UPDATE message SET two = ?, two_lag = ? ${SAME} AND two IS NULL`,
  `UPDATE message SET one = ?, one_lag = ? ${SAME} AND one IS NULL`,
];

export function messageExists(queries: Queries, message: number): boolean {
  return queries.get("SELECT number FROM message WHERE number = ?", message) !== undefined;
}

/** True when the message is there, is the same, and has one holder only, who is joined now. */
export function joinMessage(
  queries: Queries,
  message: number,
  { archive, lag, time, stanza, beside }: Hold & Pick<NewMessage, "time" | "stanza" | "beside">,
): boolean {
  const values = [archive, lag, message, timeOfNumber(message) - time, stanza, beside ?? null];
  return JOINS.some((sql) => queries.run(sql, ...values) > 0);
}

const LEAVES = ["one", "two"].map((holder) => (
  `UPDATE message SET ${holder} = NULL, ${holder}_lag = NULL WHERE number = ? AND ${holder} = ? AND ${holder}_lag = ?`
));

export function leaveMessage(queries: Queries, message: number, { archive, lag }: Hold): void {
  if (queries.run("DELETE FROM message WHERE number = ? AND (one IS NULL OR two IS NULL)", message) > 0) return;
  LEAVES.some((sql) => queries.run(sql, message, archive, lag) > 0);
}
