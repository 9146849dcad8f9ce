import type { Chronicle, Happening, Span } from "../figures.ts";
import type { Queries } from "./connection/session.ts";

/** Times of connection that are remembered. */
const CONNECTIONS = 1000;

/** Words that are told apart: whoever makes up ever more of them must not fill the disk. */
const WORDS = 100;

/** The word for the rest. */
const REST = "other";

/** Reads the chronicle. */
export async function readChronicle(queries: Queries): Promise<Chronicle> {
  const connections = await queries.query<Span>("SELECT began, ended FROM connection ORDER BY began");
  const counted = await queries.query<{ word: string; count: number }>(
    "SELECT word, count FROM tally ORDER BY count DESC, word",
  );
  return { connections, counted: Object.fromEntries(counted.map(({ word, count }) => [word, count])) };
}

/** Adds to it, within the caller's transaction. */
export async function writeChronicle(queries: Queries, { connected, counted }: Happening): Promise<void> {
  if (connected !== undefined) await addConnection(queries, connected);
  // In an order that is the same for all, so that nobody waits for somebody who waits for him.
  for (const [word, count] of Object.entries(counted).sort()) await addCount(queries, word, count);
}

async function addConnection(queries: Queries, { began, ended }: Span): Promise<void> {
  await queries.query(
    `INSERT INTO connection (began, ended) VALUES ($1, greatest($1, $2::bigint))
     ON CONFLICT (began) DO UPDATE SET ended = greatest(connection.ended, excluded.ended)`,
    [began, ended],
  );
  await queries.query(
    `DELETE FROM connection WHERE began <= (SELECT began FROM connection ORDER BY began DESC LIMIT 1 OFFSET ${CONNECTIONS})`,
  );
}

async function addCount(queries: Queries, word: string, count: number): Promise<void> {
  await queries.query(
    `INSERT INTO tally (word, count) SELECT
       CASE WHEN EXISTS (SELECT 1 FROM tally WHERE word = $1) OR (SELECT count(*) FROM tally) < ${WORDS}
       THEN $1 ELSE '${REST}' END, $2
     ON CONFLICT (word) DO UPDATE SET count = tally.count + excluded.count`,
    [word, count],
  );
}
