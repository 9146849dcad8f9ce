import type { NewMessage } from "../archive.ts";
import { locking } from "./archives.ts";
import { claiming, claimOf, forgetting, marksOf } from "./copies.ts";
import { correspondentOf, peerKey } from "./entry_rows.ts";
import { adding } from "./insert.ts";
import { numbers, texts } from "./literal.ts";
import { columnsOf } from "./owner.ts";
import type { Statement } from "./connection/session.ts";

/** Outcome of a batch. */
export interface Appended {
  /** Messages that are no copies of what another process was given. */
  readonly kept: number;
  /** The greatest number that their archives have then; 0 when nothing was added. */
  readonly newest: number;
}

/** The same of one that was to follow what there is. */
export interface Followed extends Appended {
  /** True when the batch was added; else nothing was done. */
  readonly fits: boolean;
}

/** The archives; one that has come about since the statement ahead is locked by this one. */
const HELD = `
  SELECT id, newest, least, place
  FROM unnest($1::text[], $2::text[], $3::bigint[]) WITH ORDINALITY AS owner (domain, local, least, place)
  JOIN archive USING (domain, local) ORDER BY id FOR UPDATE OF archive`;

/** Condition that the archives exist, and hold neither the numbers that are to be added nor greater ones. */
const OWNER = `
  SELECT array_agg(id ORDER BY place) AS ids, count(*) FILTER (WHERE newest < least) = cardinality($1::text[]) AS fits
  FROM held`;

const CLAIMED = "digest IN (SELECT claimed.digest FROM claimed)";

/** The entries of messages that are no copies. */
const ROWS = `
  SELECT ids[place], number, random, time, peer_key, correspondent, stanza, NULL, beside
  FROM owner CROSS JOIN unnest($4::integer[], $5::integer[], $6::bigint[], $7::bigint[], $8::integer[], $9::text[])
    AS entry (place, message, number, random, peer_key, correspondent)
  JOIN unnest($10::bigint[], $11::text[], $12::text[], $13::text[]) WITH ORDINALITY
    AS message (time, stanza, digest, beside, message)
    USING (message)
  WHERE fits AND (digest IS NULL OR ${CLAIMED})`;

const FOLLOW = `
  WITH held AS (${HELD}), owner AS (${OWNER}), claimed AS (${claiming(14, "(SELECT fits FROM owner)")}), ${adding(ROWS)}
  SELECT (SELECT fits FROM owner) AS fits, (SELECT coalesce(max(newest), 0) FROM changed) AS newest,
    (SELECT count(*) FROM unnest($12::text[]) AS digest WHERE digest IS NULL OR ${CLAIMED}) AS kept`;

/**
 * Statements that add messages in one round trip if they follow all that their archives hold, and do nothing otherwise; the
 * last statement returns `Followed`. The first locks the archives: a sweep that drops a partition does so, too, before it locks the
 * table. `undefined` where the numbers do not ascend among themselves, which the server is not asked to look at, and where there
 * are positions, which are rare.
 */
export function following(batch: readonly NewMessage[], process: string): readonly Statement[] | undefined {
  const least = leastNumbers(batch);
  if (least === undefined || batch.some(({ positions }) => positions !== undefined)) return undefined;
  const owners = [...least.keys()];
  const marks = marksOf(batch);
  const parameters = [
    ...columnsOf(owners),
    numbers(least.values()),
    ...columns(batch, owners),
    ...claimOf(process, marks),
  ];
  return [locking(owners), ...marks.digests.length > 0 ? [forgetting(marks)] : [], [FOLLOW, parameters]];
}

/** The least number for each archive, `undefined` unless those for an archive ascend. */
function leastNumbers(batch: readonly NewMessage[]): ReadonlyMap<string, number> | undefined {
  const least = new Map<string, number>();
  const last = new Map<string, number>();
  for (const { archive, id: { number } } of batch.flatMap(({ entries }) => entries)) {
    if (number <= (last.get(archive) ?? -Infinity)) return undefined;
    if (!least.has(archive)) least.set(archive, number);
    last.set(archive, number);
  }
  return least;
}

/** Entries as arrays, with the places of their archives and messages, which count from 1; then the messages. */
function columns(batch: readonly NewMessage[], owners: readonly string[]): string[] {
  const places = new Map(owners.map((owner, index) => [owner, index + 1]));
  const rows = batch.flatMap(({ entries }, index) => entries.map((entry) => ({ ...entry, message: index + 1 })));
  return [
    numbers(rows.map(({ archive }) => places.get(archive) ?? 0)),
    numbers(rows.map(({ message }) => message)),
    numbers(rows.map(({ id }) => id.number)),
    numbers(rows.map(({ id }) => BigInt.asIntN(64, id.random))),
    numbers(rows.map((row) => peerKey(row.with))),
    texts(rows.map((row) => correspondentOf(row.with, row.resource))),
    numbers(batch.map(({ time }) => time)),
    texts(batch.map(({ stanza }) => stanza)),
    texts(batch.map(({ copy }) => copy?.digest ?? null)),
    texts(batch.map(({ beside }) => beside ?? null)),
  ];
}
