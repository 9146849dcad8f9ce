import { formatArchiveId, NUMBERS_PER_MILLISECOND } from "../id.ts";
import type { LockedArchive } from "./archives.ts";
import type { Queries } from "./connection/session.ts";
import type { NewRow } from "./insert.ts";
import { numbers } from "./literal.ts";
import { entryAt } from "./entry_rows.ts";

/** Numbers by which what was overtaken is remembered: a day, in which whatever was sent is sent again if it has to be. */
const REMEMBERED = 86_400_000 * NUMBERS_PER_MILLISECOND;

/** Records that are forgotten with each that is added, so that they never pile up. */
const FORGOTTEN = 2;

/** The entry in the place that one is to have. */
const CLAIMED = entryAt("claim.archive", "claim.number");

/** New places of entries. */
export interface Renumbered {
  readonly rows: readonly NewRow[];
  /** Entries that have other numbers than they were to have. */
  readonly overtaken: readonly Claim[];
}

/** An entry, and whether it may be kept under another id. */
export interface PlacedRow extends NewRow {
  readonly provisional: boolean;
}

/** Identity of an entry that was to be kept. */
export type Claim = Pick<NewRow, "archive" | "number" | "random">;

/**
 * Gives entries other numbers where another process was faster: an archive that has moved on past a number may have been read
 * to its end, and whoever pages on from there must not miss what comes in behind (XEP-0313 §"Order of messages"). Nobody has
 * been told the provisional ids, so they can be changed. What was overtaken is to be remembered: it must be known again when the
 * batch is sent again, because nobody knows whether it was kept. An id that clients have been told moves only where another entry has its
 * number, as where two made one in the same millisecond.
 *
 * The caller has locked the archives.
 */
export async function renumber(
  queries: Queries,
  rows: readonly PlacedRow[],
  archives: Iterable<LockedArchive>,
): Promise<Renumbered> {
  const newest = new Map(Array.from(archives, (archive) => [archive.id, archive.newest]));
  const isBehind = ({ archive, number }: Claim) => number <= (newest.get(archive) ?? -Infinity);
  const behind = rows.filter(isBehind);
  const held = await heldClaims(queries, behind);
  const taken = await takenPlaces(queries, behind.filter((row) => !row.provisional && !held.has(keyOf(row))));
  const placed: NewRow[] = [];
  const overtaken: Claim[] = [];
  for (const { provisional, ...row } of rows) {
    if (held.has(keyOf(row))) continue;
    const last = newest.get(row.archive) ?? -Infinity;
    const moves = provisional ? isBehind(row) : taken.has(placeOf(row));
    if (moves) overtaken.push(row);
    const number = moves ? last + 1 : row.number;
    // What clients have been told stays the id, wherever the entry goes.
    placed.push({ ...row, number, ...moves && !provisional && { random: 0n, given: formatArchiveId(row) } });
    if (moves) taken.add(placeOf({ ...row, number }));
    newest.set(row.archive, Math.max(last, number));
  }
  return { rows: placed, overtaken };
}

/** Returns the claims that were kept before, under the ids that they claim or under others. */
async function heldClaims(queries: Queries, claims: readonly Claim[]): Promise<ReadonlySet<string>> {
  if (claims.length === 0) return new Set();
  const rows = await queries.query<{ archive: number; number: number; random: string }>(
    `WITH claim AS (SELECT * FROM unnest($1::integer[], $2::bigint[], $3::bigint[]) AS claim (archive, number, random))
     SELECT archive, number, random::text AS random FROM (
       SELECT claim.* FROM claim CROSS JOIN ${CLAIMED} WHERE entry.random = claim.random
       UNION ALL SELECT claim.* FROM claim JOIN overtaken USING (number, archive, random)
     ) AS held`,
    arraysOf(claims),
  );
  return new Set(rows.map((row) => keyOf({ ...row, random: BigInt(row.random) })));
}

/** Places that others have. */
async function takenPlaces(queries: Queries, claims: readonly Claim[]): Promise<Set<string>> {
  if (claims.length === 0) return new Set();
  const rows = await queries.query<{ archive: number; number: number }>(
    `SELECT entry.archive, entry.number FROM unnest($1::integer[], $2::bigint[]) AS claim (archive, number)
     CROSS JOIN ${CLAIMED}`,
    arraysOf(claims).slice(0, 2),
  );
  return new Set(rows.map(placeOf));
}

/** Remembers what was overtaken. */
export async function remember(queries: Queries, claims: readonly Claim[]): Promise<void> {
  if (claims.length === 0) return;
  const remembered = queries.query(
    `INSERT INTO overtaken (archive, number, random) SELECT * FROM unnest($1::integer[], $2::bigint[], $3::bigint[])
     ON CONFLICT DO NOTHING`,
    arraysOf(claims),
  );
  // What another process forgets at the same moment is left to it.
  const forgotten = queries.query(
    `DELETE FROM overtaken WHERE (number, archive, random) IN (
       SELECT number, archive, random FROM overtaken WHERE number < $1 ORDER BY number LIMIT $2 FOR UPDATE SKIP LOCKED
     )`,
    [Math.min(...claims.map(({ number }) => number)) - REMEMBERED, FORGOTTEN * claims.length],
  );
  await Promise.all([remembered, forgotten]);
}

function arraysOf(claims: readonly Claim[]): string[] {
  return [
    numbers(claims.map(({ archive }) => archive)),
    numbers(claims.map(({ number }) => number)),
    numbers(claims.map(({ random }) => BigInt.asIntN(64, random))),
  ];
}

function keyOf({ archive, number, random }: Claim): string {
  return `${archive} ${number} ${BigInt.asIntN(64, random)}`;
}

function placeOf({ archive, number }: Omit<Claim, "random">): string {
  return `${archive} ${number}`;
}
