import type { DatabaseSync, StatementSync } from "node:sqlite";
import { spanOf } from "./names.ts";
import { Query } from "./query.ts";

interface Activity {
  readonly correspondent: number;
  readonly span: number;
}

/** Forgets when correspondents were active, correspondents that were at no time, and archives without any. */
export class Prune {
  readonly #oldest: Query<{ number: number | null }>;
  readonly #passed: Query<Activity>;
  readonly #dropActivity: StatementSync;
  readonly #dropCorrespondent: Query<{ archive: number }>;
  readonly #dropArchive: StatementSync;

  constructor(db: DatabaseSync) {
    this.#oldest = new Query(db, "SELECT min(number) AS number FROM message");
    this.#passed = new Query(db, "SELECT correspondent, span FROM activity WHERE span < ? ORDER BY span LIMIT ?");
    this.#dropActivity = db.prepare("DELETE FROM activity WHERE correspondent = ? AND span = ?");
    this.#dropCorrespondent = new Query(
      db,
      `DELETE FROM correspondent WHERE id = ?
       AND NOT EXISTS (SELECT 1 FROM activity WHERE correspondent = correspondent.id) RETURNING archive`,
    );
    this.#dropArchive = db.prepare(
      "DELETE FROM archive WHERE id = ? AND NOT EXISTS (SELECT 1 FROM correspondent WHERE archive = archive.id)",
    );
  }

  /** Forgets activity in spans that the sweep has passed; says whether there was any. Within the caller's transaction. */
  run(limit: number): boolean {
    // An entry's number is at least its message's, so none lies in a span before the oldest message's.
    const passed = this.#passed.all(spanOf(this.#oldest.get()?.number ?? Infinity), limit);
    this.drop(passed);
    return passed.length > 0;
  }

  drop(activities: readonly Activity[]): void {
    for (const { correspondent, span } of activities) this.#dropActivity.run(correspondent, span);
    const idle = new Set(activities.map(({ correspondent }) => correspondent));
    const archives = new Set([...idle].flatMap((id) => this.#dropCorrespondent.all(id).map(({ archive }) => archive)));
    for (const archive of archives) this.#dropArchive.run(archive);
  }
}
