import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { State } from "./state.ts";

/** Removes entries, and keeps the counts of their archives right. */
export class Entries {
  readonly #state: State;
  readonly #removeSettled: StatementSync;
  readonly #removeRecent: StatementSync;
  readonly #discount: StatementSync;
  readonly #removed = new Map<number, number>();

  constructor(db: DatabaseSync, state: State) {
    this.#state = state;
    this.#removeSettled = db.prepare("DELETE FROM entry WHERE archive = ? AND number = ?");
    this.#removeRecent = db.prepare("DELETE FROM recent WHERE archive = ? AND number = ?");
    this.#discount = db.prepare("UPDATE archive SET settled = settled - ? WHERE id = ?");
  }

  remove(archive: number, number: number): void {
    if (Number(this.#removeSettled.run(archive, number).changes) > 0) {
      this.#removed.set(archive, (this.#removed.get(archive) ?? 0) + 1);
    } else {
      this.#state.recents -= Number(this.#removeRecent.run(archive, number).changes);
    }
  }

  /** Writes the counts, once an archive however many of its entries went. */
  flush(): void {
    for (const [archive, rows] of this.#removed) this.#discount.run(rows, archive);
    this.#removed.clear();
  }

  /** Forgets what was counted: the transaction that it belongs to is rolled back. */
  discard(): void {
    this.#removed.clear();
  }
}
