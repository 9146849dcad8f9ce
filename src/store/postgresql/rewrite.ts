import { lockArchive } from "./archives.ts";
import type { Queries } from "./connection/session.ts";
import { locateIds } from "./ids.ts";

/** Stanza that takes the place of an entry's. */
export interface Replacement {
  readonly id: string;
  readonly stanza: string;
}

/** Replaces the stanza of one entry, within the caller's transaction; false where there is no such entry. */
export async function rewriteEntry(queries: Queries, owner: string, { id, stanza }: Replacement): Promise<boolean> {
  const archive = await lockArchive(queries, owner);
  if (archive === undefined) return false;
  const number = (await locateIds(queries, owner, [id])).get(id);
  if (number === undefined) return false;
  await writeStanza(queries, archive.id, { number, stanza });
  return true;
}

/** The same for an archive that is locked and a number that is known. */
export async function writeStanza(
  queries: Queries,
  archive: number,
  { number, stanza }: { readonly number: number; readonly stanza: string },
): Promise<void> {
  await queries.query("UPDATE entry SET stanza = $3 WHERE archive = $1 AND number = $2", [archive, number, stanza]);
  await queries.query("UPDATE archive SET changes = changes + 1 WHERE id = $1", [archive]);
}
