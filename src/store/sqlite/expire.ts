import type { Expired } from "../archive.ts";
import { firstNumberAt } from "../id.ts";
import { expirePositions } from "./positions.ts";
import { prune } from "./prune.ts";
import { removeOldest } from "./remove.ts";
import type { Writer } from "./writer.ts";

/** Archives that are looked at in one step: a tenth of a millisecond. Those of one step are rarely more than a few. */
const ARCHIVES = 32;

/** True in a row of `archive` that has entries before a number. */
function hasOld(table: string): string {
  return `EXISTS (SELECT 1 FROM ${table} WHERE archive = archive.id AND number < ?2)`;
}

const CANDIDATES = `
  SELECT id, ${hasOld("entry")} OR ${hasOld("recent")} AS due FROM archive WHERE id > ?1 ORDER BY id LIMIT ${ARCHIVES}`;

/**
 * Forgets what is older than a time: the entries, one archive after the other, and then the messages, which none of them holds
 * any longer. One step, within the caller's transaction: at most `limit` entries, and at most as many messages.
 *
 * The old entries of an archive are neighbours, and so are the old messages of all archives, while the old entries of all
 * archives are not: to remove each message together with its entries dirties a page an entry over and over. Measured with
 * steps of 500 among ten million entries of 1,000 archives, that takes seven times as long and writes fourteen times as much.
 *
 * Age is a matter of the number, not of the time of receipt: where the clock was wrong the two differ, and only the order of
 * arrival leaves no gap in an archive.
 */
export function expire(writer: Writer, before: number, limit: number): Expired {
  const end = firstNumberAt(before);
  const { entries, more } = expireEntries(writer, end, limit);
  const pruned = prune(writer, limit);
  const positions = expirePositions(writer, end, limit);
  return { entries, more: more || pruned === limit || positions === limit };
}

function expireEntries(writer: Writer, end: number, limit: number): Expired {
  const { expiring } = writer;
  if (expiring.end !== end) expiring.start(end);
  const { entries, more } = removeEntriesBefore(writer, end, limit);
  if (more || removeMessages(writer, end, limit)) return { entries, more: true };
  expiring.discard();
  return { entries, more: false };
}

function removeEntriesBefore(writer: Writer, end: number, limit: number): Expired {
  const { expiring } = writer;
  const candidates = writer.all<{ id: number; due: 0 | 1 }>(CANDIDATES, expiring.archive, end);
  let entries = 0;
  for (const { id, due } of candidates) {
    if (due === 1) {
      const removed = removeOldest(writer, id, { end, limit: limit - entries });
      entries += removed.entries;
      if (removed.more) return { entries, more: true };
    }
    expiring.archive = id;
  }
  return { entries, more: candidates.length === ARCHIVES };
}

const EDGE = "SELECT number FROM message WHERE number > ? AND number < ? ORDER BY number LIMIT 1 OFFSET ?";

const RANGE = "number > ?1 AND number < ?2";

/** True in a row of `message` whose holder has let it go, or has it for an entry that is old. */
function isFree(holder: string): string {
  return `(${holder} IS NULL OR number + ${holder}_lag < ?3)`;
}

const REMOVALS = [
  `DELETE FROM message WHERE ${RANGE} AND ${isFree("one")} AND ${isFree("two")}`,
  ...["one", "two"].map((holder) =>
    `UPDATE message SET ${holder} = NULL, ${holder}_lag = NULL WHERE ${RANGE} AND number + ${holder}_lag < ?3`
  ),
];

/** Returns true when there are more. A message stays for an entry that is not old, whose number may lie above its own. */
function removeMessages(writer: Writer, end: number, limit: number): boolean {
  const { expiring } = writer;
  const edge = writer.get<{ number: number }>(EDGE, expiring.message, end, limit)?.number;
  for (const sql of REMOVALS) writer.run(sql, expiring.message, edge ?? end, end);
  if (edge !== undefined) expiring.message = edge - 1;
  return edge !== undefined;
}
