/**
 * Fills archives within PostgreSQL: ten million messages that were sent to it would take longer than all the rest.
 *
 * @module
 */
import { EPOCH, NUMBERS_PER_MILLISECOND } from "../../../src/store/id.ts";
import { makeArchives } from "../../../src/store/postgresql/archives.ts";
import { peerKey } from "../../../src/store/postgresql/entry_rows.ts";
import { Database } from "../../../src/store/postgresql/connection/database.ts";
import { LIMITS } from "../../../src/store/postgresql/limits.ts";
import { numbers, texts } from "../../../src/store/postgresql/literal.ts";
import { openPostgresqlStore } from "../../../src/store/postgresql/mod.ts";
import { Partitions } from "../../../src/store/postgresql/partitions.ts";
import type { PostgresqlServer } from "../../../tests/support/servers/postgresql.ts";

const HOST = "example.test";

/** Number of contacts of each user. */
const CONTACTS = 20;

/** Text that bodies are cut from, so that stanzas have the 250 to 300 bytes of those that `Load` makes. */
const WORDS = "O Romeo, Romeo, wherefore art thou Romeo? ".repeat(8);

/** Messages that one statement stores. */
const STEP = 250_000;

/** Archives to make. */
export interface Past {
  readonly users: number;
  /** Each has two entries: one for either end. */
  readonly messages: number;
  /** When the first was sent, in milliseconds since 1970, and how long after it the last. */
  readonly begin: number;
  readonly duration: number;
}

/** Lets users called `user0`, `user1` and so on have talked with each other. Returns their bare JIDs. */
export async function fillPostgresql(server: PostgresqlServer, name: string, past: Past): Promise<string[]> {
  const { users, messages, begin, duration } = past;
  const url = server.url(name);
  await using database = new Database({ url, connections: 1, statementTimeout: 0 });
  await using _store = await openPostgresqlStore({ url });
  const jids = Array.from({ length: users }, (_, user) => `user${user}@${HOST}`);
  await makeArchives(database, jids);
  await new Partitions(database, LIMITS.spanNumbers).provide(weeksOf(past));
  const ids = await database.query<{ id: number }>(
    `SELECT id FROM unnest($1::text[]) WITH ORDINALITY AS one (jid, place)
     JOIN archive ON local || '@' || domain = jid ORDER BY place`,
    [texts(jids)],
  );
  const parameters = [numbers(ids.map(({ id }) => id)), numbers(jids.map(peerKey)), users, begin, duration / messages];
  for (let from = 0; from < messages; from += STEP) {
    await database.query(TALK, [...parameters, from, Math.min(from + STEP, messages) - 1]);
  }
  await server.query(
    name,
    `UPDATE archive SET entries = count, oldest = first, newest = last FROM (
       SELECT archive, count(*) AS count, min(number) AS first, max(number) AS last FROM entry GROUP BY archive
     ) AS held WHERE id = archive`,
  );
  await server.query(name, "VACUUM ANALYZE");
  await server.query(name, "CHECKPOINT");
  return jids;
}

function weeksOf({ begin, duration }: Past): number[] {
  const numbersOf = (time: number) => (time - EPOCH) * NUMBERS_PER_MILLISECOND;
  const weeks = [numbersOf(begin + duration)];
  for (let at = numbersOf(begin); at < numbersOf(begin + duration); at += LIMITS.spanNumbers) weeks.push(at);
  return weeks;
}

/** Messages n from the sixth parameter to the seventh, in their order; what looks random is a hash of n. */
const TALK = `
  INSERT INTO entry (number, random, time, archive, peer_key, correspondent, stanza)
  SELECT (time - ${EPOCH}) * ${NUMBERS_PER_MILLISECOND} + n % ${NUMBERS_PER_MILLISECOND / 2} * 2 + side,
    hashint8extended(n, 3 + side), time,
    ($1::integer[])[1 + CASE side WHEN 0 THEN sender ELSE receiver END],
    ($2::integer[])[1 + CASE side WHEN 0 THEN receiver ELSE sender END],
    'user' || CASE side WHEN 0 THEN receiver ELSE sender END || '@${HOST}/phone',
    '<message xmlns=''jabber:client'' type=''chat'' from=''user' || sender || '@${HOST}/phone'' to=''user' || receiver ||
      '@${HOST}''><body>' || left('${WORDS}', 137 + (n * 7 % 50)::integer) || '</body></message>'
  FROM (
    SELECT n, sender, (sender + 1 + abs(hashint8extended(n, 2) % ${CONTACTS}) * 7) % $3::integer AS receiver,
      $4::bigint + floor(n * $5::float8)::bigint AS time
    FROM (
      SELECT n, abs(hashint8extended(n, 1) % $3::integer) AS sender
      FROM generate_series($6::bigint, $7::bigint) AS n
    ) AS sent
  ) AS message CROSS JOIN (VALUES (0), (1)) AS side (side)`;
