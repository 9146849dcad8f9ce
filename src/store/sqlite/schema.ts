/**
 * The tables, and why they are as they are.
 *
 * What limits an archive on disk is not the rows but the pages that they dirty: each batch touches the newest page of every
 * archive in it, for every index, and a page is written twice, to the log and then to the database. Measured with batches
 * of 500 messages between two of 1,000 archives, in alternation with this layout and as ratios to it:
 *
 * - entries straight into `entry`, not through `recent`: 0.45 × the messages/s, 3.4 × the bytes written
 * - an index row an entry for `with` instead of `activity`: 0.85 × the messages/s among half a million entries, 0.6 × among
 *   five million, and 31 bytes a message more on disk
 * - tables with rowids, and an index on (archive, number): 0.9 ×, 43 bytes a message more
 * - pages of 4096 bytes instead of 8192: 0.9 ×, 12 bytes more; of 2048: 0.8 ×, 38 bytes; of 1024: 0.65 ×, 45 bytes
 * - one row a statement instead of 64: 0.75 ×; batches not sorted by archive: 0.9 ×
 * - 4,096 entries in `recent` instead of 16,384: 0.85 ×; 65,536: 0.75 ×
 *
 * **message** holds each stanza once, in order of arrival, under the least number of its entries, so that writing appends
 * and the oldest messages lie together at the front for the sweep. `one` and `two` are the archives that hold it, and the
 * row goes with the last of them. `lag` is how far an entry's number lies above the message's; 0 and 1 take no room.
 *
 * **entry** is an archive in order: `(archive, number)` is the id without its random half, which is compared when a client
 * names the id. Order, ids and times are all ranges of the number. `ahead` is by how many milliseconds the number runs ahead
 * of the time of receipt; how far that goes at most in the whole store is in **state**, so that a range of times becomes a
 * range of numbers that is wider by so much and checked row by row.
 *
 * **recent** has the same rows for what came last; they move on in slices of many rows an archive (see `settle.ts`). A reader
 * asks both, one after the other: a union of the two in one order takes half as long again.
 *
 * **correspondent** gives a short number to the other end's full JID within an archive. **activity** says in which spans of
 * time an archive has entries with a correspondent: one row for an hour of talk, and `with` looks at those hours only. Both
 * go when the sweep has passed the span.
 *
 * **foreign_id** has the ids that came with entries from elsewhere and must be kept: text and number, found by either. Only
 * such entries pay for it: they are those whose random half is 0 and that have a row here (an id of our own with that half has
 * none). They go into `entry` at once, many rows of one archive at a time, and a trigger takes the id along with its entry.
 *
 * **position** has the ids that clients were told and under which nothing is kept, by owner: there may be no archive yet.
 *
 * **connection** says when the server could reach the archive, in milliseconds since 1970, and **tally** what became of messages,
 * both for operators, and both bounded (see `chronicle.ts`).
 *
 * Space that a sweep frees is used again, so in the long run the file has the size of what it holds at most; it shrinks when
 * more than a quarter of it is free (see `space.ts`).
 *
 * @module
 */

/** "ANLS": marks the file as ours (PRAGMA application_id). */
export const APPLICATION_ID = 0x414e4c53;

/** Bytes; can only be chosen when the database is made. */
export const PAGE_SIZE = 8192;

/** Tables of entries. */
export const TABLES = ["entry", "recent"] as const;

/** The same statement for either table of entries. */
export function bothTables(sql: (table: typeof TABLES[number]) => string): readonly string[] {
  return TABLES.map(sql);
}

/** The random half of an entry that has a foreign id. */
export const FOREIGN = 0;

const ENTRY_COLUMNS = `(
  archive INTEGER NOT NULL,
  number INTEGER NOT NULL,
  correspondent INTEGER NOT NULL,
  ahead INTEGER NOT NULL,
  lag INTEGER NOT NULL,
  random INTEGER NOT NULL,
  PRIMARY KEY (archive, number)
) WITHOUT ROWID, STRICT`;

/** Step n takes a database from version n (PRAGMA user_version) to n + 1. Steps are only ever added. */
export const MIGRATIONS: readonly string[] = [
  `CREATE TABLE archive (
    id INTEGER PRIMARY KEY,
    owner TEXT NOT NULL UNIQUE,
    -- Entries in the table entry, so that counting an archive is not walking it.
    settled INTEGER NOT NULL DEFAULT 0
  ) STRICT;

  CREATE TABLE correspondent (
    id INTEGER PRIMARY KEY,
    archive INTEGER NOT NULL,
    peer TEXT NOT NULL,
    resource TEXT NOT NULL,
    UNIQUE (archive, peer, resource)
  ) STRICT;

  CREATE TABLE message (
    number INTEGER PRIMARY KEY,
    ahead INTEGER NOT NULL,
    one INTEGER,
    one_lag INTEGER,
    two INTEGER,
    two_lag INTEGER,
    stanza TEXT NOT NULL
  ) STRICT;

  CREATE TABLE entry ${ENTRY_COLUMNS};
  CREATE TABLE recent ${ENTRY_COLUMNS};

  CREATE TABLE activity (
    correspondent INTEGER NOT NULL,
    span INTEGER NOT NULL,
    PRIMARY KEY (correspondent, span)
  ) WITHOUT ROWID, STRICT;
  CREATE INDEX activity_by_span ON activity (span);

  CREATE TABLE preferences (
    owner TEXT PRIMARY KEY,
    fallback TEXT NOT NULL,
    always TEXT NOT NULL,
    never TEXT NOT NULL
  ) WITHOUT ROWID, STRICT;

  -- One row.
  CREATE TABLE state (
    newest INTEGER NOT NULL,
    least_ahead INTEGER NOT NULL,
    most_ahead INTEGER NOT NULL,
    recents INTEGER NOT NULL,
    swept INTEGER NOT NULL
  ) STRICT;
  INSERT INTO state VALUES (0, 0, 0, 0, 0);`,

  `CREATE TABLE foreign_id (
    archive INTEGER NOT NULL,
    text TEXT NOT NULL,
    number INTEGER NOT NULL,
    PRIMARY KEY (archive, text)
  ) WITHOUT ROWID, STRICT;
  CREATE UNIQUE INDEX foreign_id_by_number ON foreign_id (archive, number);
  CREATE TRIGGER foreign_id_goes AFTER DELETE ON entry WHEN old.random = ${FOREIGN} BEGIN
    DELETE FROM foreign_id WHERE archive = old.archive AND number = old.number;
  END;`,

  `CREATE TABLE connection (
    began INTEGER PRIMARY KEY,
    ended INTEGER NOT NULL
  ) STRICT;

  CREATE TABLE tally (
    word TEXT PRIMARY KEY,
    count INTEGER NOT NULL
  ) WITHOUT ROWID, STRICT;`,

  `CREATE TABLE position (
    owner TEXT NOT NULL,
    number INTEGER NOT NULL,
    random INTEGER NOT NULL,
    PRIMARY KEY (owner, number)
  ) WITHOUT ROWID, STRICT;
  CREATE INDEX position_by_number ON position (number);`,

  `CREATE TABLE datum (
    space TEXT NOT NULL,
    key TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (space, key)
  ) WITHOUT ROWID, STRICT;`,

  // NULL takes a byte.
  "ALTER TABLE message ADD COLUMN beside TEXT;",
];
