import { backup, DatabaseSync } from "node:sqlite";
import type { Progressing } from "../back_end.ts";
import { ArchiveStoreError } from "../error.ts";
import { isCurrent, openReader, requireArchive } from "./database.ts";
import { failure } from "./failure.ts";
import { keepPrivate, refuseItself, removeDatabase, syncFile } from "./files.ts";
import { damageIn, faultsIn } from "./verify.ts";

/** Pages that are copied in one step: some milliseconds. */
const STEP = 200;

/**
 * Copies an archive into a file of its own, also while another process writes the archive: one state of it, that of the
 * beginning, whatever the version of its schema. The file is there under its name only when it is complete and has been verified. Throws `ArchiveStoreError`.
 */
export async function backUpArchive(path: string, file: string, progress: Progressing = () => {}): Promise<void> {
  await refuseItself(path, file, "back up");
  requireArchive(path);
  const part = `${file}.part`;
  try {
    await copyArchive(path, part, progress);
    verifyCopy(part, { path, file });
    await syncFile(part);
    await Deno.rename(part, file);
  } finally {
    await removeDatabase(part);
  }
}

/** Copies one state of a database, older ones included, into a file that needs no others beside it. */
export async function copyArchive(path: string, to: string, progress: Progressing): Promise<void> {
  try {
    using db = openReader(path, {});
    await copyState(db, to, progress);
  } catch (error) {
    throw failure("copy", path, error);
  }
}

/** Copies the state that a connection sees into a file that needs no others beside it. */
export async function copyState(db: DatabaseSync, to: string, progress: Progressing = () => {}): Promise<void> {
  await removeDatabase(to);
  await keepPrivate(to);
  // Without a transaction around it, the copy begins again whenever somebody else has written.
  db.exec("BEGIN; SELECT count(*) FROM sqlite_schema");
  try {
    await backup(db, to, {
      rate: STEP,
      progress: ({ totalPages, remainingPages }) => progress(1 - remainingPages / totalPages),
    });
  } finally {
    db.exec("COMMIT");
  }
  using copy = new DatabaseSync(to);
  copy.exec("PRAGMA journal_mode = DELETE");
}

/**
 * Verifies the copy, which is as sound as the archive; one of an older schema is copied as it is, to be kept while that
 * is brought up to date.
 */
function verifyCopy(part: string, { path, file }: { path: string; file: string }): void {
  using db = openReader(part, {});
  const [fault] = isCurrent(db, path) ? faultsIn(db) : damageIn(db);
  if (fault === undefined) return;
  throw new ArchiveStoreError({
    operation: "back up",
    path: file,
    found: `the copy is not sound (${fault})`,
    hint: 'look at the archive itself with "annals verify"',
  });
}
