import { EPOCH, NUMBERS_PER_MILLISECOND } from "../id.ts";
import { correspondentOf, peerKey } from "./entry_rows.ts";
import type { Queries } from "./connection/session.ts";
import { numbers, texts } from "./literal.ts";

/** An entry on its way into the table. */
export interface NewRow {
  /** The number of the archive, which the caller has locked. */
  readonly archive: number;
  readonly number: number;
  readonly random: bigint;
  readonly time: number;
  readonly with: string;
  readonly resource: string;
  readonly stanza: string;
  readonly beside?: string | undefined;
  /** The id, where it came from elsewhere. */
  readonly given?: string | undefined;
}

const BITS = Math.log2(NUMBERS_PER_MILLISECOND);

/**
 * Adds rows of `entry`, as what selects them says, and counts them in what their archives know of themselves: the last part of a
 * WITH, whose table `changed` has the `newest` of each archive. One statement for all rows, since COPY could not leave out an entry
 * under whose number its archive holds one, nor say which were added.
 */
export function adding(rows: string): string {
  return `added AS (
    INSERT INTO entry (archive, number, random, time, peer_key, correspondent, stanza, given, beside) ${rows}
    ON CONFLICT (archive, number) DO NOTHING
    RETURNING archive, number, (number >> ${BITS}) + ${EPOCH} - time AS ahead
  ), sum AS (
    SELECT archive, count(*) AS count, min(number) AS first, max(number) AS last, min(ahead) AS least, max(ahead) AS most
    FROM added GROUP BY archive
  ), changed AS (
    UPDATE archive SET entries = entries + count, oldest = least(oldest, first), newest = greatest(newest, last),
      least_ahead = least(least_ahead, least), most_ahead = greatest(most_ahead, most), changes = changes + 1
    FROM sum WHERE id = archive RETURNING newest
  )`;
}

/** Rows, as arrays of columns. */
const ROWS = `SELECT * FROM unnest(
  $1::integer[], $2::bigint[], $3::bigint[], $4::bigint[], $5::integer[], $6::text[], $7::text[], $8::text[], $9::text[]
)`;

const INSERT = `WITH ${adding(ROWS)} SELECT max(newest) AS newest FROM changed`;

/** Adds entries to archives that the caller has locked, and to what these know of themselves. */
export async function insertRows(queries: Queries, rows: readonly NewRow[]): Promise<void> {
  if (rows.length === 0) return;
  // Neighbours in the index are best inserted one after the other.
  const sorted = rows.toSorted((a, b) => a.archive - b.archive || a.number - b.number);
  await queries.query(INSERT, [
    numbers(sorted.map(({ archive }) => archive)),
    numbers(sorted.map(({ number }) => number)),
    numbers(sorted.map(({ random }) => BigInt.asIntN(64, random))),
    numbers(sorted.map(({ time }) => time)),
    numbers(sorted.map((row) => peerKey(row.with))),
    texts(sorted.map((row) => correspondentOf(row.with, row.resource))),
    texts(sorted.map(({ stanza }) => stanza)),
    texts(sorted.map(({ given }) => given ?? null)),
    texts(sorted.map(({ beside }) => beside ?? null)),
  ]);
}
