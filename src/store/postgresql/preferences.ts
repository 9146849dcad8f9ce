import type { Preferences } from "../archive.ts";
import type { Queries } from "./session.ts";
import { OWNED, partsOf } from "./owner.ts";

/** The column `preferences`, which is JSON. */
export async function readPreferences(queries: Queries, owner: string): Promise<Preferences | undefined> {
  const [row] = await queries.query<{ preferences: string | null }>(
    `SELECT preferences FROM archive WHERE ${OWNED}`,
    partsOf(owner),
  );
  return JSON.parse(row?.preferences ?? "null") ?? undefined;
}

export async function writePreferences(
  queries: Queries,
  owner: string,
  { default: fallback, always, never }: Preferences,
): Promise<void> {
  await queries.query(
    `INSERT INTO archive (domain, local, preferences) VALUES ($1, $2, $3)
     ON CONFLICT (domain, local) DO UPDATE SET preferences = excluded.preferences`,
    [...partsOf(owner), JSON.stringify({ default: fallback, always, never })],
  );
}
