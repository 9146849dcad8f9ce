import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { Expired } from "../archive.ts";
import { firstNumberAt } from "../id.ts";
import type { Passage } from "./passage.ts";
import { Query } from "./query.ts";
import type { Release } from "./release.ts";

/** Archives that are looked at in one step: a tenth of a millisecond. Those of one step are rarely more than a few. */
const ARCHIVES = 32;

interface Candidate {
  readonly id: number;
  /** 1 when anything is old. */
  readonly due: 0 | 1;
}

/**
 * Forgets what is older than a time: the entries, one archive after the other, and then the messages, which none of them holds
 * any longer.
 *
 * The old entries of an archive are neighbours, and so are the old messages of all archives, while the old entries of all
 * archives are not: to remove each message together with its entries dirties a page an entry over and over. Measured with
 * steps of 500 among ten million entries of 1,000 archives, that takes seven times as long and writes fourteen times as much.
 *
 * Age is a matter of the number, not of the time of receipt: where the clock was wrong the two differ, and only the order of
 * arrival leaves no gap in an archive.
 */
export class Expire {
  readonly #passage: Passage;
  readonly #release: Release;
  readonly #candidates: Query<Candidate>;
  readonly #edge: Query<{ number: number }>;
  readonly #drop: StatementSync;
  readonly #leave: readonly StatementSync[];

  constructor(db: DatabaseSync, release: Release, passage: Passage) {
    this.#passage = passage;
    this.#release = release;
    const due = (table: string) => `EXISTS (SELECT 1 FROM ${table} WHERE archive = archive.id AND number < ?2)`;
    this.#candidates = new Query(
      db,
      `SELECT id, ${due("entry")} OR ${due("recent")} AS due FROM archive WHERE id > ?1 ORDER BY id LIMIT ${ARCHIVES}`,
    );
    this.#edge = new Query(
      db,
      "SELECT number FROM message WHERE number > ? AND number < ? ORDER BY number LIMIT 1 OFFSET ?",
    );
    const range = "number > ?1 AND number < ?2";
    const isFree = (holder: string) => `(${holder} IS NULL OR number + ${holder}_lag < ?3)`;
    this.#drop = db.prepare(`DELETE FROM message WHERE ${range} AND ${isFree("one")} AND ${isFree("two")}`);
    this.#leave = ["one", "two"].map((holder) =>
      db.prepare(
        `UPDATE message SET ${holder} = NULL, ${holder}_lag = NULL WHERE ${range} AND number + ${holder}_lag < ?3`,
      )
    );
  }

  /** One step, within the caller's transaction: at most `limit` entries, and at most as many messages. */
  run(before: number, limit: number): Expired {
    const end = firstNumberAt(before);
    if (this.#passage.end !== end) this.#passage.begin(end);
    const { entries, more } = this.#releaseEntries(limit);
    if (more || this.#dropMessages(limit)) return { entries, more: true };
    this.#passage.reset();
    return { entries, more: false };
  }

  #releaseEntries(limit: number): Expired {
    const candidates = this.#candidates.all(this.#passage.archive, this.#passage.end);
    let entries = 0;
    for (const { id, due } of candidates) {
      if (due === 1) {
        const released = this.#release.run(id, this.#passage.end, limit - entries);
        entries += released.entries;
        if (released.more) return { entries, more: true };
      }
      this.#passage.archive = id;
    }
    return { entries, more: candidates.length === ARCHIVES };
  }

  /** Says whether there are more. A message stays for an entry that is not old, whose number may lie above its own. */
  #dropMessages(limit: number): boolean {
    const { message, end } = this.#passage;
    const edge = this.#edge.get(message, end, limit)?.number;
    for (const remove of [this.#drop, ...this.#leave]) remove.run(message, edge ?? end, end);
    if (edge !== undefined) this.#passage.message = edge - 1;
    return edge !== undefined;
  }
}
