import type { NewMessage } from "../archive.ts";
import { columnsOf, locking } from "./archives.ts";
import { correspondentOf, peerKey } from "./correspondent.ts";
import { adding } from "./insert.ts";
import { numbers, texts } from "./literal.ts";
import type { Statement } from "./session.ts";

/** Entries whose archives are there and hold no greater number; none of them where that is not so of all. */
const ROWS = `
  SELECT ids[place], number, random, time, peer_key, correspondent, stanza, NULL
  FROM owner CROSS JOIN unnest($4::integer[], $5::integer[], $6::bigint[], $7::bigint[], $8::integer[], $9::text[])
    AS entry (place, message, number, random, peer_key, correspondent)
  JOIN unnest($10::bigint[], $11::text[]) WITH ORDINALITY AS message (time, stanza, message) USING (message)
  WHERE fits`;

const FOLLOW = `
  WITH owner AS (
    SELECT array_agg(id ORDER BY place) AS ids, bool_and(newest < least) AND count(*) = cardinality($1::text[]) AS fits
    FROM unnest($1::text[], $2::text[], $3::bigint[]) WITH ORDINALITY AS owner (domain, local, least, place)
    JOIN archive USING (domain, local)
  ), ${adding(ROWS)}`;

/**
 * What adds messages in one way to the server and back if they follow all that their archives hold, and nothing otherwise. They are
 * locked by a statement ahead of that which looks: a sweep that drops a partition locks archives first, and the table then.
 * `undefined` for what is not asked in this way: copies, and numbers that do not ascend among themselves.
 */
export function following(batch: readonly NewMessage[]): readonly Statement[] | undefined {
  const least = new Map<string, number>();
  const last = new Map<string, number>();
  for (const { copy, entries } of batch) {
    if (copy !== undefined) return undefined;
    for (const { archive, id: { number } } of entries) {
      if (number <= (last.get(archive) ?? -Infinity)) return undefined;
      if (!least.has(archive)) least.set(archive, number);
      last.set(archive, number);
    }
  }
  const owners = [...least.keys()];
  const places = new Map(owners.map((owner, index) => [owner, index + 1]));
  const rows = batch.flatMap(({ entries }, index) => entries.map((entry) => ({ ...entry, message: index + 1 })));
  const parameters = [
    ...columnsOf(owners),
    numbers(least.values()),
    numbers(rows.map(({ archive }) => places.get(archive) ?? 0)),
    numbers(rows.map(({ message }) => message)),
    numbers(rows.map(({ id }) => id.number)),
    numbers(rows.map(({ id }) => BigInt.asIntN(64, id.random))),
    numbers(rows.map((row) => peerKey(row.with))),
    texts(rows.map((row) => correspondentOf(row.with, row.resource))),
    numbers(batch.map(({ time }) => time)),
    texts(batch.map(({ stanza }) => stanza)),
  ];
  return [locking(owners), [FOLLOW, parameters]];
}
