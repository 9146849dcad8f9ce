import type { DatabaseSync, StatementSync } from "node:sqlite";
import { NUMBERS_PER_SPAN, spanOf } from "./names.ts";
import { Query } from "./query.ts";

interface Activity {
  readonly correspondent: number;
  readonly span: number;
}

/** Forgets when correspondents were active, correspondents that were at no time, and archives without any. */
export class Prune {
  readonly #oldest: Query<{ number: number | null }>;
  readonly #passed: Query<Activity>;
  readonly #passedIn: Query<Activity>;
  readonly #dropActivity: StatementSync;
  readonly #dropCorrespondent: Query<{ archive: number }>;
  readonly #dropArchive: StatementSync;

  constructor(db: DatabaseSync) {
    this.#oldest = new Query(db, "SELECT min(number) AS number FROM message");
    this.#passed = new Query(db, "SELECT correspondent, span FROM activity WHERE span < ? ORDER BY span LIMIT ?");
    const first = (table: string) => `(SELECT min(number) FROM ${table} WHERE archive = ?1)`;
    this.#passedIn = new Query(
      db,
      `SELECT correspondent, span FROM correspondent CROSS JOIN activity ON activity.correspondent = correspondent.id
       WHERE archive = ?1 AND span < coalesce(
         min(${first("entry")}, ${first("recent")}), ${first("entry")}, ${first("recent")}
       ) >> ${Math.log2(NUMBERS_PER_SPAN)} LIMIT ?2`,
    );
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

  /** The same for one archive whose oldest entries have gone. It must have some left. Twice as many as went suffice to keep up. */
  before(archive: number, entries: number): void {
    this.drop(this.#passedIn.all(archive, 2 * entries));
  }

  drop(activities: readonly Activity[]): void {
    if (activities.length === 0) return;
    this.#dropActivity.run(JSON.stringify(activities.map(({ correspondent, span }) => [correspondent, span])));
    const idle = [...new Set(activities.map(({ correspondent }) => correspondent))];
    const gone = this.#dropCorrespondent.all(JSON.stringify(idle));
    for (const archive of new Set(gone.map(({ archive }) => archive))) this.#dropArchive.run(archive);
  }
}
