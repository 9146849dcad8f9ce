import type { Queries } from "./queries.ts";
import { bothTables } from "./schema.ts";

const DOMAINS = "SELECT DISTINCT substr(owner, instr(owner, '@') + 1) AS domain FROM archive ORDER BY domain";

/** The domains of the owners of archives. */
export function listDomains(queries: Queries): string[] {
  return queries.all<{ domain: string }>(DOMAINS).map(({ domain }) => domain);
}

/** Each part stops at the limit, so that none is read to its end for the sake of their order. */
function ownersIn(table: string, condition: string): string {
  return `
    SELECT owner FROM (
      SELECT DISTINCT owner FROM ${table} WHERE owner > ?1 AND substr(owner, instr(owner, '@') + 1) = ?2 AND ${condition}
      ORDER BY owner LIMIT ?3
    )`;
}

/** An archive whose entries are all gone keeps its row for a while, and does not count. */
const HELD = bothTables((table) => `EXISTS (SELECT 1 FROM ${table} WHERE archive = archive.id)`).join(" OR ");

const OWNERS = `
  ${ownersIn("archive", `(${HELD})`)} UNION ${ownersIn("position", "true")} UNION ${ownersIn("preferences", "true")}
  ORDER BY owner LIMIT ?3`;

/** Owners in a domain who have entries, positions or preferences. */
export function listOwners(
  queries: Queries,
  { domain, after, limit }: { readonly domain: string; readonly after: string; readonly limit: number },
): string[] {
  return queries.all<{ owner: string }>(OWNERS, after, domain, limit).map(({ owner }) => owner);
}
