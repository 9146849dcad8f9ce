/**
 * Tells messages from copies of messages that another process was given (see `CopyMark`). A process knows its own, so a digest
 * stands in the way of others only. Both processes hold the same archives' locks for it, so that one of them is first.
 *
 * @module
 */
import type { NewMessage } from "../archive.ts";
import { numbers, texts } from "./literal.ts";
import type { Parameter, Queries, Statement } from "./connection/session.ts";

/** Digests that are forgotten with each that is added, so that they never pile up. */
const FORGOTTEN = 2;

/** The marks of a batch, each digest once. */
export interface Marks {
  readonly digests: readonly string[];
  /** Up to when each is one, in milliseconds since 1970. */
  readonly untils: readonly number[];
  /** Time before which copies are forgotten, in milliseconds since 1970. */
  readonly now: number;
}

/** Collects them. */
export function marksOf(batch: readonly NewMessage[]): Marks {
  const marked = batch.flatMap(({ copy, time }) => copy === undefined ? [] : [{ ...copy, time }]);
  const untils = new Map(marked.map(({ digest, until }) => [digest, until]));
  const now = marked.reduce((least, { time }) => Math.min(least, time), Infinity);
  return { digests: [...untils.keys()], untils: [...untils.values()], now: Number.isFinite(now) ? now : 0 };
}

/**
 * Claims the digests that no other process has, as SQL that returns these, where a condition holds. The first of its parameters has
 * that number; for what they stand, see `claimOf`.
 */
export function claiming(parameter: number, condition = "true"): string {
  const [process, digests, untils, now] = [0, 1, 2, 3].map((index) => `$${parameter + index}`);
  return `INSERT INTO copy (digest, process, until)
    SELECT digest, ${process}, until FROM unnest(${digests}::text[], ${untils}::bigint[]) AS mark (digest, until)
    WHERE ${condition} ORDER BY digest
    ON CONFLICT (digest) DO UPDATE SET process = excluded.process, until = excluded.until
    WHERE copy.process = excluded.process OR copy.until < ${now} RETURNING digest`;
}

/** Returns a process's claims as parameters. */
export function claimOf(process: string, { digests, untils, now }: Marks): Parameter[] {
  return [process, texts(digests), numbers(untils), now];
}

const CLAIM = claiming(1);

/** Returns the messages of a batch that no other process has stored, within the caller's transaction. */
export async function firstOf(
  queries: Queries,
  batch: readonly NewMessage[],
  process: string,
): Promise<readonly NewMessage[]> {
  const marks = marksOf(batch);
  if (marks.digests.length === 0) return batch;
  await queries.query(...forgetting(marks));
  const rows = await queries.query<{ digest: string }>(CLAIM, claimOf(process, marks));
  const ours = new Set(rows.map(({ digest }) => digest));
  return batch.filter(({ copy }) => copy === undefined || ours.has(copy.digest));
}

/** Statement that forgets some of the digests whose time is over, and skips those that another process forgets at the same moment. */
export function forgetting({ digests, now }: Marks): Statement {
  return [
    `DELETE FROM copy WHERE digest IN (
       SELECT digest FROM copy WHERE until < $1 ORDER BY until LIMIT $2 FOR UPDATE SKIP LOCKED
     )`,
    [now, FORGOTTEN * digests.length],
  ];
}
