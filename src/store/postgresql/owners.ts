import type { Queries } from "./connection/session.ts";
import { keyOf, type OwnerKey, ownerOf } from "./owner.ts";

/** Owners in a domain who have entries, positions or preferences, in the order of the index. EXISTS might be made of all positions. */
export async function listOwners(
  queries: Queries,
  { domain, after, limit }: { readonly domain: string; readonly after: string; readonly limit: number },
): Promise<string[]> {
  const rows = await queries.query<OwnerKey>(
    `SELECT domain, local FROM archive
     WHERE domain = $1 AND local > $2 AND (entries > 0 OR preferences IS NOT NULL
       OR (SELECT number FROM position WHERE position.archive = archive.id LIMIT 1) IS NOT NULL) ORDER BY local LIMIT $3`,
    [domain, keyOf(after).local, limit],
  );
  return rows.map(ownerOf);
}
