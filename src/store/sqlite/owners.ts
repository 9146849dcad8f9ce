import type { DatabaseSync } from "node:sqlite";
import { Query } from "./query.ts";
import { TABLES } from "./schema.ts";

/** Of which domains the owners are. */
export function domainsIn(reader: DatabaseSync): string[] {
  const domains = new Query<{ domain: string }>(
    reader,
    "SELECT DISTINCT substr(owner, instr(owner, '@') + 1) AS domain FROM archive ORDER BY domain",
  );
  return domains.all().map(({ domain }) => domain);
}

/** Owners of archives here. An archive whose entries are all gone keeps its row for a while, and does not count. */
export class Owners {
  readonly #list: Query<{ owner: string }>;

  constructor(reader: DatabaseSync) {
    const held = TABLES.map((table) => `EXISTS (SELECT 1 FROM ${table} WHERE archive = archive.id)`).join(" OR ");
    // Each part stops at the limit, so that none is read to its end for the sake of their order.
    const part = (table: string, condition: string) => `
      SELECT owner FROM (
        SELECT DISTINCT owner FROM ${table} WHERE owner > ?1 AND substr(owner, instr(owner, '@') + 1) = ?2 AND ${condition}
        ORDER BY owner LIMIT ?3
      )`;
    this.#list = new Query(
      reader,
      `${part("archive", `(${held})`)} UNION ${part("position", "true")} UNION ${part("preferences", "true")}
       ORDER BY owner LIMIT ?3`,
    );
  }

  list(domain: string, after: string, limit: number): string[] {
    return this.#list.all(after, domain, limit).map(({ owner }) => owner);
  }
}
