import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { Expired } from "../archive.ts";
import { Query } from "./query.ts";
import type { State } from "./state.ts";

/** Lets the oldest entries of an archive go, whose messages the caller sees to. */
export class Release {
  readonly #state: State;
  readonly #edge: Query<{ number: number }>;
  readonly #removeSettled: StatementSync;
  readonly #removeRecent: StatementSync;
  readonly #discount: StatementSync;

  constructor(db: DatabaseSync, state: State) {
    this.#state = state;
    const old = "archive = ?1 AND number < ?2";
    this.#edge = new Query(
      db,
      `SELECT number FROM entry WHERE ${old} UNION ALL SELECT number FROM recent WHERE ${old}
       ORDER BY number LIMIT 1 OFFSET ?3`,
    );
    this.#removeSettled = db.prepare(`DELETE FROM entry WHERE ${old}`);
    this.#removeRecent = db.prepare(`DELETE FROM recent WHERE ${old}`);
    this.#discount = db.prepare("UPDATE archive SET settled = settled - ? WHERE id = ?");
  }

  /** Removes entries below a number, at most `limit`, within the caller's transaction. */
  run(archive: number, end: number, limit: number): Expired {
    const edge = this.#edge.get(archive, end, limit)?.number;
    const settled = Number(this.#removeSettled.run(archive, edge ?? end).changes);
    const recent = Number(this.#removeRecent.run(archive, edge ?? end).changes);
    if (settled > 0) this.#discount.run(settled, archive);
    this.#state.recents -= recent;
    return { entries: settled + recent, more: edge !== undefined };
  }
}
