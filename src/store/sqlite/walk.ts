import type { WholeEntry } from "../archive.ts";
import { nextTurn } from "../../lib/next_turn.ts";
import { inOrder, wholeEntryOf, wholeQuery, type WholeRow } from "./entry_rows.ts";
import type { Queries } from "./queries.ts";
import { bothTables } from "./schema.ts";

/** Rows that one statement reads. */
const MOST = 500;

const NEXT = bothTables((table) => `SELECT * FROM (${wholeQuery(table)})`).join(" UNION ALL ");

/**
 * Reads all of an archive, a bounded part at a time, while others write, be they in this process or another. So each part is
 * one statement, which sees one state: between two, entries move on from one table to the other, and when an owner is
 * forgotten the next may get the number of that archive.
 *
 * @yields the entries, in order
 */
export async function* walkEntries(queries: Queries, owner: string): AsyncGenerator<WholeEntry> {
  for (let last: number | undefined = Number.MIN_SAFE_INTEGER; last !== undefined;) {
    await nextTurn();
    const found: WholeRow[] = inOrder(queries.tuples<WholeRow>(NEXT, owner, last, MOST), false).slice(0, MOST);
    for (const row of found) yield wholeEntryOf(row);
    last = found.at(-1)?.[0];
  }
}
