import { ArchiveStoreError, UnkeepableError } from "../error.ts";

interface SqliteError extends Error {
  /** SQLite's own words for the kind of error; missing where the whole message is those words. */
  readonly errstr?: string;
}

/** Messages of SQLite, their meaning here, and their remedies. Matched on its words: not every error has a code. */
const KNOWN: readonly (readonly [words: string, found: string, hint: string])[] = [
  ["database or disk is full", "the disk is full", "free some space, or move the archive to a larger disk"],
  ["file is not a database", "it is not a database", "move the file away, or restore it from a backup"],
  [
    "database disk image is malformed",
    "the database is damaged",
    'save what can be read with "sqlite3 FILE .recover", or restore a backup',
  ],
  [
    "attempt to write a readonly database",
    "it may not be written",
    "let this user write the file and the folder that it is in",
  ],
  [
    "unable to open database file",
    "the file cannot be opened or made",
    "let this user read and write the file and the folder that it is in, on a disk that is not read-only",
  ],
  ["Permission denied", "its folder cannot be made", "let this user write the folder above, or make it by hand"],
  ["Not a directory", "a part of its path is a file", "give the archive another path"],
  ["File exists", "a part of its path is a file", "give the archive another path"],
  ["disk I/O error", "the disk fails", "look into the system's log for errors of the disk"],
  ["database is locked", "another program is writing it", "end that program"],
  ["database is not open", "the store is closed", ""],
  ["statement has been finalized", "the store is closed", ""],
];

/** Says what a failure means to an operator; what is one already stays as it is, and so do mistakes of the caller's. */
export function failure(operation: string, path: string, cause: unknown): unknown {
  if (!(cause instanceof Error) || cause instanceof ArchiveStoreError || cause instanceof UnkeepableError) return cause;
  const words = (cause as SqliteError).errstr ?? cause.message;
  const [, found, hint] = KNOWN.find(([known]) => words.startsWith(known)) ?? [words, cause.message, ""];
  return new ArchiveStoreError({ operation, path, found, hint, cause });
}
