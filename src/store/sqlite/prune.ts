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
    this.#dropActivity = db.prepare(
      "DELETE FROM activity WHERE (correspondent, span) IN (SELECT value ->> 0, value ->> 1 FROM json_each(?))",
    );
    this.#dropCorrespondent = new Query(
      db,
      `DELETE FROM correspondent WHERE id IN (SELECT value FROM json_each(?))
       AND NOT EXISTS (SELECT 1 FROM activity WHERE correspondent = correspondent.id) RETURNING archive`,
    );
    this.#dropArchive = db.prepare(
      "DELETE FROM archive WHERE id = ? AND NOT EXISTS (SELECT 1 FROM correspondent WHERE archive = archive.id)",
    );
  }

  /** Forgets activity in spans that the sweep has passed, at most `limit` rows; says how many. Within the caller's transaction. */
  run(limit: number): number {
    // An entry's number is at least its message's, so none lies in a span before the oldest message's.
    const passed = this.#passed.all(spanOf(this.#oldest.get()?.number ?? Infinity), limit);
    this.drop(passed);
    return passed.length;
  }

  drop(activities: readonly Activity[]): void {
    this.#dropActivity.run(JSON.stringify(activities.map(({ correspondent, span }) => [correspondent, span])));
    const idle = [...new Set(activities.map(({ correspondent }) => correspondent))];
    const gone = this.#dropCorrespondent.all(JSON.stringify(idle));
    for (const archive of new Set(gone.map(({ archive }) => archive))) this.#dropArchive.run(archive);
  }
}
