import type { Database } from "./connection/database.ts";
import type { Queries, Statement } from "./connection/session.ts";
import { columnsOf, OWNED, ownerOf, partsOf } from "./owner.ts";

/** An archive that nobody else changes until the end of the transaction. */
export interface LockedArchive {
  readonly id: number;
  /** The greatest number that it ever held. */
  readonly newest: number;
}

interface Row extends LockedArchive {
  readonly domain: string;
  readonly local: string;
}

/** Thrown within a transaction that needs archives which are not there; they are made outside, and it is begun again. */
export class MissingArchives extends Error {
  override readonly name = "MissingArchives";

  constructor(readonly owners: readonly string[]) {
    super("There is no archive of that name yet");
  }
}

/** Locks archives, in an order that is the same for all, so that nobody waits for somebody who waits for him. */
const LOCK = `
  SELECT id, newest, domain, local FROM archive JOIN unnest($1::text[], $2::text[]) AS owner (domain, local)
  USING (domain, local) ORDER BY id FOR UPDATE OF archive`;

/** Statement that locks the archives of these owners that exist. */
export function locking(owners: readonly string[]): Statement {
  return [`SELECT count(*) FROM (${LOCK}) AS locked`, columnsOf(owners)];
}

/** Locks the archives of all of these owners. */
export async function lockArchives(
  queries: Queries,
  owners: readonly string[],
): Promise<ReadonlyMap<string, LockedArchive>> {
  const rows = await queries.query<Row>(LOCK, columnsOf(owners));
  const found = new Map(rows.map((row) => [ownerOf(row), row]));
  const missing = owners.filter((owner) => !found.has(owner));
  if (missing.length > 0) throw new MissingArchives(missing);
  return found;
}

/** Locks one archive; `undefined` when there is none of that name. */
export async function lockArchive(queries: Queries, owner: string): Promise<LockedArchive | undefined> {
  const [row] = await queries.query<Row>(
    `SELECT id, newest FROM archive WHERE ${OWNED} FOR UPDATE`,
    partsOf(owner),
  );
  return row;
}

/** Makes archives that are not there. In a transaction of their own: who waits here for another must not hold anything. */
export async function makeArchives(database: Database, owners: readonly string[]): Promise<void> {
  await database.query(
    `INSERT INTO archive (domain, local) SELECT * FROM unnest($1::text[], $2::text[]) AS owner (domain, local)
     ORDER BY 1, 2 ON CONFLICT (domain, local) DO NOTHING`,
    columnsOf(owners),
  );
}
