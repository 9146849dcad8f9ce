import type { Queries } from "./connection/session.ts";
import { texts } from "./literal.ts";

/** An owner's bare JID in the two parts by which archives are found and listed. */
export interface OwnerKey {
  /** Empty for the JID of a domain. */
  readonly local: string;
  readonly domain: string;
}

/** Takes a bare JID apart (RFC 7622 §3.1: the first `@` ends the local part). */
export function keyOf(owner: string): OwnerKey {
  const at = owner.indexOf("@");
  return at < 0 ? { local: "", domain: owner } : { local: owner.slice(0, at), domain: owner.slice(at + 1) };
}

/** The bare JID again. */
export function ownerOf({ local, domain }: OwnerKey): string {
  return local === "" ? domain : `${local}@${domain}`;
}

/** Its parts as parameters of a statement. */
export function partsOf(owner: string): readonly [domain: string, local: string] {
  const { domain, local } = keyOf(owner);
  return [domain, local];
}

/** The parts of several as parameters: arrays of domains, and of local parts. */
export function columnsOf(owners: readonly string[]): readonly [domains: string, locals: string] {
  const keys = owners.map(keyOf);
  return [texts(keys.map(({ domain }) => domain)), texts(keys.map(({ local }) => local))];
}

/** The row `archive` whose owner is given by the first two parameters, as SQL. */
export const OWNED = "domain = $1 AND local = $2";

/** The number of that archive. */
export const ARCHIVE = `(SELECT id FROM archive WHERE ${OWNED})`;

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
