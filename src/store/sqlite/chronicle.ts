import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { Chronicle, Happening, Span } from "../figures.ts";
import { Query } from "./query.ts";

/** Times of connection that are remembered. */
const CONNECTIONS = 1000;

/** Words that are told apart: whoever makes up ever more of them must not fill the disk. */
const WORDS = 100;

/** The word for the rest. */
const REST = "other";

/** Reader of what was noted. */
export class ChronicleReader {
  readonly #connections: Query<Span>;
  readonly #counted: Query<{ word: string; count: number }>;

  constructor(db: DatabaseSync) {
    this.#connections = new Query(db, "SELECT began, ended FROM connection ORDER BY began");
    this.#counted = new Query(db, "SELECT word, count FROM tally ORDER BY count DESC, word");
  }

  read(): Chronicle {
    const connections = this.#connections.all().map(({ began, ended }) => ({ began, ended }));
    return { connections, counted: Object.fromEntries(this.#counted.all().map(({ word, count }) => [word, count])) };
  }
}

/** The same, to be added to. */
export class ChronicleWriter {
  readonly #connected: StatementSync;
  readonly #outdated: StatementSync;
  readonly #add: StatementSync;

  constructor(db: DatabaseSync) {
    this.#connected = db.prepare(
      `INSERT INTO connection (began, ended) VALUES (?1, max(?1, ?2))
       ON CONFLICT (began) DO UPDATE SET ended = max(ended, excluded.ended)`,
    );
    this.#outdated = db.prepare(
      `DELETE FROM connection WHERE began <= (
         SELECT began FROM connection ORDER BY began DESC LIMIT 1 OFFSET ${CONNECTIONS}
       )`,
    );
    this.#add = db.prepare(
      `INSERT INTO tally (word, count)
       SELECT iif((SELECT count(*) FROM tally) < ${WORDS} OR EXISTS (SELECT 1 FROM tally WHERE word = ?1), ?1, '${REST}'), ?2
       WHERE true
       ON CONFLICT (word) DO UPDATE SET count = count + excluded.count`,
    );
  }

  /** Within the caller's transaction. */
  note({ connected, counted }: Happening): void {
    if (connected !== undefined) {
      this.#connected.run(connected.began, connected.ended);
      this.#outdated.run();
    }
    for (const [word, count] of Object.entries(counted)) this.#add.run(word, count);
  }
}
