import type { Expired } from "../archive.ts";
import { lockArchive } from "./archives.ts";
import type { Queries } from "./connection/session.ts";
import { locateIds } from "./ids.ts";
import { forgetPositions } from "./positions.ts";
import { removeNumbers, removeOldest } from "./remove.ts";
import { MOST } from "./schema.ts";

/** Entries that one step of forgetting an owner takes. */
const STEP = 1000;

/** Forgets those entries and positions of an archive that have certain ids; returns how many entries went. */
export async function forgetEntries(queries: Queries, owner: string, ids: readonly string[]): Promise<number> {
  const archive = await lockArchive(queries, owner);
  if (archive === undefined) return 0;
  await forgetPositions(queries, archive.id, ids);
  const located = new Set((await locateIds(queries, owner, ids)).values());
  if (located.size > 0) await removeNumbers(queries, archive.id, [...located]);
  return located.size;
}

/**
 * One step of forgetting an owner; the last one forgets the name. What others add after that is another archive's. The greatest
 * number that there ever was stays known.
 */
export async function forgetOwner(queries: Queries, owner: string): Promise<Expired> {
  const archive = await lockArchive(queries, owner);
  if (archive === undefined) return { entries: 0, more: false };
  const entries = await removeOldest(queries, archive.id, { below: MOST, limit: STEP });
  if (entries === STEP) return { entries, more: true };
  await queries.query("DELETE FROM position WHERE archive = $1", [archive.id]);
  await queries.query("DELETE FROM overtaken WHERE archive = $1", [archive.id]);
  await queries.query("DELETE FROM archive WHERE id = $1", [archive.id]);
  await queries.query("UPDATE state SET newest = greatest(newest, $1) WHERE one", [archive.newest]);
  return { entries, more: false };
}
