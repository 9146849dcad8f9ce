import type { Chronicle, Happening, Span } from "../figures.ts";
import type { Queries } from "./queries.ts";

/** Times of connection that are remembered. */
const CONNECTIONS = 1000;

/** Words that are told apart: whoever makes up ever more of them must not fill the disk. */
const WORDS = 100;

/** The word for the rest. */
const REST = "other";

export function readChronicle(queries: Queries): Chronicle {
  const connections = queries.all<Span>("SELECT began, ended FROM connection ORDER BY began");
  const counted = queries.all<{ word: string; count: number }>(
    "SELECT word, count FROM tally ORDER BY count DESC, word",
  );
  return {
    connections: connections.map(({ began, ended }) => ({ began, ended })),
    counted: Object.fromEntries(counted.map(({ word, count }) => [word, count])),
  };
}

const CONNECTED = `
  INSERT INTO connection (began, ended) VALUES (?1, max(?1, ?2))
  ON CONFLICT (began) DO UPDATE SET ended = max(ended, excluded.ended)`;

const OUTDATED = `
  DELETE FROM connection WHERE began <= (SELECT began FROM connection ORDER BY began DESC LIMIT 1 OFFSET ${CONNECTIONS})`;

const COUNTED = `
  INSERT INTO tally (word, count)
  SELECT iif((SELECT count(*) FROM tally) < ${WORDS} OR EXISTS (SELECT 1 FROM tally WHERE word = ?1), ?1, '${REST}'), ?2
  WHERE true
  ON CONFLICT (word) DO UPDATE SET count = count + excluded.count`;

/** Within the caller's transaction. */
export function writeChronicle(queries: Queries, { connected, counted }: Happening): void {
  if (connected !== undefined) {
    queries.run(CONNECTED, connected.began, connected.ended);
    queries.run(OUTDATED);
  }
  for (const [word, count] of Object.entries(counted)) queries.run(COUNTED, word, count);
}
