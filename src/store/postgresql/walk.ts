import type { WholeEntry } from "../archive.ts";
import type { Queries } from "./connection/session.ts";
import { WHOLE, wholeEntryOf, type WholeRow } from "./entry_rows.ts";
import { ARCHIVE, partsOf } from "./owner.ts";
import { LEAST } from "./schema.ts";

/**
 * Reads all of an archive, a bounded part at a time, while others write. Each part asks for the owner again: an archive that is
 * forgotten meanwhile has no further parts.
 *
 * @yields the entries, in order
 */
export async function* walkEntries(queries: Queries, owner: string, most: number): AsyncGenerator<WholeEntry> {
  for (let last: number | undefined = LEAST; last !== undefined;) {
    const rows: WholeRow[] = await queries.query<WholeRow>(
      `SELECT ${WHOLE} FROM entry WHERE archive = ${ARCHIVE}
       AND number > $3 ORDER BY number LIMIT $4`,
      [...partsOf(owner), last, most],
    );
    for (const row of rows) yield wholeEntryOf(row);
    last = rows.at(-1)?.number;
  }
}
