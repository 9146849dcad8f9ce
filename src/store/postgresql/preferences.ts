import type { Preferences } from "../archive.ts";
import type { Queries } from "./database.ts";
import { keyOf } from "./owner.ts";

/** The column `preferences`, which is JSON. */
export async function readPreferences(queries: Queries, owner: string): Promise<Preferences | undefined> {
  const { domain, local } = keyOf(owner);
  const [row] = await queries.query<{ preferences: string | null }>(
    "SELECT preferences FROM archive WHERE domain = $1 AND local = $2",
    [domain, local],
  );
  return JSON.parse(row?.preferences ?? "null") ?? undefined;
}

export async function writePreferences(
  queries: Queries,
  owner: string,
  { default: fallback, always, never }: Preferences,
): Promise<void> {
  const { domain, local } = keyOf(owner);
  await queries.query(
    `INSERT INTO archive (domain, local, preferences) VALUES ($1, $2, $3)
     ON CONFLICT (domain, local) DO UPDATE SET preferences = excluded.preferences`,
    [domain, local, JSON.stringify({ default: fallback, always, never })],
  );
}
