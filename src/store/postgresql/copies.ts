import type { CopyMark, NewMessage } from "../archive.ts";
import type { Queries } from "./session.ts";
import { numbers, texts } from "./literal.ts";

/** Digests that are forgotten with each that is added, so that they never pile up. */
const FORGOTTEN = 2;

/**
 * Tells messages from copies of messages that another process was given (see `CopyMark`). A process knows its own, so a digest
 * stands in the way of others only. Both processes hold the same archives' locks for it, so that one of them is first.
 */
export class Copies {
  readonly #process = crypto.randomUUID();

  /** Those of a batch that no other process has stored, within the caller's transaction. */
  async firstOf(queries: Queries, batch: readonly NewMessage[]): Promise<readonly NewMessage[]> {
    const marks = new Map(
      batch.flatMap(({ copy, time }) => copy === undefined ? [] : [[copy.digest, { ...copy, time }]]),
    );
    if (marks.size === 0) return batch;
    const ours = await this.#claim(queries, [...marks.values()]);
    await forgetOld(queries, [...marks.values()]);
    return batch.filter(({ copy }) => copy === undefined || ours.has(copy.digest));
  }

  async #claim(queries: Queries, marks: readonly (CopyMark & { readonly time: number })[]): Promise<Set<string>> {
    const rows = await queries.query<{ digest: string }>(
      `INSERT INTO copy (digest, process, until)
       SELECT digest, $1, until FROM unnest($2::text[], $3::bigint[]) AS mark (digest, until) ORDER BY digest
       ON CONFLICT (digest) DO UPDATE SET process = excluded.process, until = excluded.until
       WHERE copy.process = excluded.process OR copy.until < $4 RETURNING digest`,
      [
        this.#process,
        texts(marks.map(({ digest }) => digest)),
        numbers(marks.map(({ until }) => until)),
        Math.min(...marks.map(({ time }) => time)),
      ],
    );
    return new Set(rows.map(({ digest }) => digest));
  }
}

/** What another process forgets at the same moment is left to it. */
async function forgetOld(queries: Queries, marks: readonly { readonly time: number }[]): Promise<void> {
  await queries.query(
    `DELETE FROM copy WHERE digest IN (
       SELECT digest FROM copy WHERE until < $1 ORDER BY until LIMIT $2 FOR UPDATE SKIP LOCKED
     )`,
    [Math.min(...marks.map(({ time }) => time)), FORGOTTEN * marks.length],
  );
}
