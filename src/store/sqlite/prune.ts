import { NUMBERS_PER_SPAN, spanOf } from "./names.ts";
import type { Writer } from "./writer.ts";

/** A span of time in which an archive has entries with a correspondent. */
export interface Activity {
  readonly correspondent: number;
  readonly span: number;
}

const PASSED = "SELECT correspondent, span FROM activity WHERE span < ? ORDER BY span LIMIT ?";

/** Forgets activity in spans that the sweep has passed, at most `limit` rows, within the caller's transaction. Returns how many. */
export function prune(writer: Writer, limit: number): number {
  const oldest = writer.get<{ number: number | null }>("SELECT min(number) AS number FROM message")?.number;
  // An entry's number is at least its message's, so none lies in a span before the oldest message's.
  const passed = writer.all<Activity>(PASSED, spanOf(oldest ?? Infinity), limit);
  forgetActivity(writer, passed);
  return passed.length;
}

/** Finds the least number of an archive's entries in a table. */
function first(table: string): string {
  return `(SELECT min(number) FROM ${table} WHERE archive = ?1)`;
}

const PASSED_IN = `
  SELECT correspondent, span FROM correspondent CROSS JOIN activity ON activity.correspondent = correspondent.id
  WHERE archive = ?1 AND span < coalesce(
    min(${first("entry")}, ${first("recent")}), ${first("entry")}, ${first("recent")}
  ) >> ${Math.log2(NUMBERS_PER_SPAN)} LIMIT ?2`;

/** The same for one archive whose oldest entries have gone. It must have some left. Twice as many as went suffice to keep up. */
export function pruneArchive(writer: Writer, archive: number, entries: number): void {
  forgetActivity(writer, writer.all<Activity>(PASSED_IN, archive, 2 * entries));
}

const DROP = "DELETE FROM activity WHERE (correspondent, span) IN (SELECT value ->> 0, value ->> 1 FROM json_each(?))";

const DROP_CORRESPONDENTS = `
  DELETE FROM correspondent WHERE id IN (SELECT value FROM json_each(?))
  AND NOT EXISTS (SELECT 1 FROM activity WHERE correspondent = correspondent.id) RETURNING archive`;

const DROP_ARCHIVE = `
  DELETE FROM archive WHERE id = ? AND NOT EXISTS (SELECT 1 FROM correspondent WHERE archive = archive.id)`;

/** Forgets activity, correspondents that were active at no other time, and archives without any. */
export function forgetActivity(writer: Writer, activities: readonly Activity[]): void {
  if (activities.length === 0) return;
  writer.run(DROP, JSON.stringify(activities.map(({ correspondent, span }) => [correspondent, span])));
  const idle = [...new Set(activities.map(({ correspondent }) => correspondent))];
  const gone = writer.all<{ archive: number }>(DROP_CORRESPONDENTS, JSON.stringify(idle));
  for (const archive of new Set(gone.map(({ archive }) => archive))) writer.run(DROP_ARCHIVE, archive);
  // Their numbers are given out again.
  writer.names.discard();
}
