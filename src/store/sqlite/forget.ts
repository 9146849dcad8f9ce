import { locateIds } from "./ids.ts";
import { findArchive, NUMBERS_PER_SPAN, spanOf } from "./names.ts";
import { forgetPositions, removePositions } from "./positions.ts";
import { type Activity, forgetActivity } from "./prune.ts";
import { removeEntries } from "./remove.ts";
import { bothTables } from "./schema.ts";
import type { Writer } from "./writer.ts";

/** Rows of a kind that go in one step. */
const STEP = 500;

interface Held {
  readonly number: number;
  readonly lag: number;
  readonly correspondent: number;
}

const HELD = bothTables((table) => `SELECT number, lag, correspondent FROM ${table} WHERE archive = ? AND number = ?`);

const IS_ACTIVE = `SELECT ${
  bothTables((table) =>
    `EXISTS (SELECT 1 FROM ${table} WHERE archive = ?1 AND number >= ?2 AND number < ?3 AND correspondent = ?4)`
  ).join(" OR ")
} AS active`;

/**
 * Forgets entries that are named, and with the last of a correspondent's the name of that, within the caller's transaction.
 * Returns how many entries went.
 */
export function forgetEntries(writer: Writer, owner: string, ids: readonly string[]): number {
  forgetPositions(writer, owner, ids);
  const archive = findArchive(writer, owner);
  if (archive === undefined) return 0;
  const numbers = new Set(locateIds(writer, archive, ids).values());
  const gone = [...numbers].flatMap((number) => HELD.flatMap((sql) => writer.all<Held>(sql, archive, number)));
  removeEntries(writer, archive, gone);
  forgetActivity(writer, passed(writer, archive, gone));
  return gone.length;
}

/** When a correspondent was active, as far as nothing of that is left. */
function passed(writer: Writer, archive: number, gone: readonly Held[]): Activity[] {
  const touched = new Map(gone.map(({ correspondent, number }) => {
    const span = spanOf(number);
    return [`${correspondent} ${span}`, { correspondent, span }];
  }));
  return [...touched.values()].filter(({ correspondent, span }) => {
    const [first, end] = [span * NUMBERS_PER_SPAN, (span + 1) * NUMBERS_PER_SPAN];
    return writer.get<{ active: 0 | 1 }>(IS_ACTIVE, archive, first, end, correspondent)?.active === 0;
  });
}

const FIRST_HELD = bothTables((table) => `SELECT number, lag FROM ${table} WHERE archive = ? ORDER BY number LIMIT ?`);

const ACTIVITIES = `
  SELECT correspondent, span FROM correspondent CROSS JOIN activity ON activity.correspondent = correspondent.id
  WHERE archive = ? LIMIT ?`;

/** Forgets an owner: one step, within the caller's transaction. `more` is true when something of the owner is left. */
export function forgetOwner(writer: Writer, owner: string): { entries: number; more: boolean } {
  writer.run("DELETE FROM preferences WHERE owner = ?", owner);
  if (removePositions(writer, owner, STEP) === STEP) return { entries: 0, more: true };
  const archive = findArchive(writer, owner);
  if (archive === undefined) return { entries: 0, more: false };

  const held = FIRST_HELD.flatMap((sql) => writer.all<Held>(sql, archive, STEP));
  removeEntries(writer, archive, held);
  if (held.length >= STEP) return { entries: held.length, more: true };

  const activities = writer.all<Activity>(ACTIVITIES, archive, STEP);
  forgetActivity(writer, activities);
  return { entries: held.length, more: activities.length === STEP };
}
