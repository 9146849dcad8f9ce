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
  // An INSERT uses up a number of an archive even where there is the row, and whoever sets preferences over and over all of them.
  await queries.query(
    `WITH there AS (UPDATE archive SET preferences = $3 WHERE ${OWNED} RETURNING 1)
     INSERT INTO archive (domain, local, preferences) SELECT $1, $2, $3 WHERE NOT EXISTS (SELECT 1 FROM there)
     ON CONFLICT (domain, local) DO UPDATE SET preferences = excluded.preferences`,
    [...partsOf(owner), JSON.stringify({ default: fallback, always, never })],
  );
}
