import { DatabaseSync } from "node:sqlite";
import { ArchiveStoreError, NoArchiveError } from "../error.ts";
import { Queries } from "./queries.ts";
import { APPLICATION_ID, MIGRATIONS, PAGE_SIZE } from "./schema.ts";
import { bytesOf } from "./space.ts";
import { transaction } from "./writer.ts";

/** Bytes of the pages in which `checkpointPages` counts. */
const COUNTED_PAGE = 4096;

/** Largest database that is read through when it is opened, in bytes: about a third of a second. */
const MOST_CHECKED = 64 * 1024 * 1024;

/**
 * The part of the cache that is for reading. Among ten million messages a page of an archive costs as much CPU with 1 MiB as
 * with 8: what is read is seldom read again soon, and the system has it in its memory too.
 */
const READERS_SHARE = 1 / 5;

/** Settings of a database. */
export interface Tuning {
  /** `full` waits for the disk at each commit, so that a power cut loses nothing; default `normal`. */
  readonly synchronous?: "normal" | "full";
  /** Memory for pages, of both connections together; default 10 MiB. */
  readonly cacheBytes?: number;
  /** Pages of 4 KiB that are written to the log before they move into the database; default 20,000. */
  readonly checkpointPages?: number;
  /** Bytes that the database may grow to; beyond, it is as if the disk were full. */
  readonly maxBytes?: number;
}

/** Is told that a database was brought up to date: from which version of the schema, and to which. */
export type Upgraded = (versions: { from: number; to: number }) => void;

/**
 * Opens the connection that writes: makes the database if there is none, brings an older one up to date, and refuses what is
 * not ours, not whole or too new.
 *
 * In WAL mode a commit is an append to the log, readers see the state that they started with and wait for nobody, and what a
 * crash leaves behind is complete at the next start. It is disks that damage a database, so it is read through when it is
 * opened, where that takes no time; in a larger one the damage shows when it is met. The log is moved into the database before
 * it has grown to `checkpointPages` (see `checkpoints.ts`), and then written from its start again: seldom enough that a page
 * that many commits dirtied moves once (half as many pages: 0.95 × the messages/s).
 */
export function openWriter(path: string, tuning: Tuning, upgraded: Upgraded = () => {}): DatabaseSync {
  refuseFolder(path);
  const db = new DatabaseSync(path);
  try {
    const version = versionOf(db, path);
    if (version === 0) db.exec(`PRAGMA page_size = ${PAGE_SIZE}; PRAGMA auto_vacuum = INCREMENTAL`);
    if (bytesOf(path) <= MOST_CHECKED) checkWhole(db, path);
    useLog(db, path);
    tune(db, tuning, 1 - READERS_SHARE);
    migrate(db, version);
    if (version > 0 && version < MIGRATIONS.length) upgraded({ from: version, to: MIGRATIONS.length });
    // That it can be written shows only when it is: better now than at the first message.
    db.exec("UPDATE state SET newest = newest");
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

/** Opens the connection that reads. */
export function openReader(path: string, tuning: Tuning): DatabaseSync {
  refuseFolder(path);
  const db = new DatabaseSync(path, { readOnly: true });
  tune(db, tuning, READERS_SHARE);
  return db;
}

/** Refuses a path where there is nothing yet, of which SQLite says that it cannot be opened. Throws `NoArchiveError`. */
export function requireArchive(path: string): void {
  try {
    Deno.statSync(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) return;
    const found = "there are no archives yet";
    throw new NoArchiveError({ operation: "open", path, found, hint: "the service makes them when it starts" });
  }
}

/** Refuses a folder, of which SQLite says that the disk fails. */
export function refuseFolder(path: string): void {
  if (!isFolder(path)) return;
  throw new ArchiveStoreError({ operation: "open", path, found: "it is a folder", hint: "give the path of a file" });
}

/** Of what cannot be looked at, SQLite says why. */
function isFolder(path: string): boolean {
  try {
    return Deno.statSync(path).isDirectory;
  } catch {
    return false;
  }
}

/** Refuses a database whose schema is not of this version: who only reads cannot bring it up to date. */
export function requireCurrent(db: DatabaseSync, path: string): void {
  if (isCurrent(db, path)) return;
  throw new ArchiveStoreError({
    operation: "open",
    path,
    found: `it was written by an older Annals (schema ${versionOf(db, path)}; this one reads ${MIGRATIONS.length})`,
    hint: "back it up, then start this version of Annals with it once",
  });
}

/** True when the schema is of this version, not of an older one. Refuses what is not an archive, or is too new. */
export function isCurrent(db: DatabaseSync, path: string): boolean {
  requireOurs(db, path);
  return versionOf(db, path) === MIGRATIONS.length;
}

/** Refuses what is not an archive, or is of a version that is not known yet. */
export function requireOurs(db: DatabaseSync, path: string): void {
  if (versionOf(db, path) > 0) return;
  throw new ArchiveStoreError({ operation: "open", path, found: "it is empty", hint: "give the path of an archive" });
}

/** Schema version of a database, 0 for one that is still to be made. */
function versionOf(db: DatabaseSync, path: string): number {
  const tables = pragma(db, "SELECT count(*) AS value FROM sqlite_schema");
  const application = pragma(db, "SELECT application_id AS value FROM pragma_application_id");
  const version = pragma(db, "SELECT user_version AS value FROM pragma_user_version");
  if (application === 0 && version === 0 && tables === 0) return 0;
  if (application !== APPLICATION_ID) {
    throw new ArchiveStoreError({
      operation: "open",
      path,
      found: "it is the database of another program",
      hint: "give the archive another path",
    });
  }
  if (version > MIGRATIONS.length) {
    throw new ArchiveStoreError({
      operation: "open",
      path,
      found: `it was written by a newer Annals (schema ${version}; this one knows ${MIGRATIONS.length} and older)`,
      hint: "run that version, or restore a backup",
    });
  }
  return version;
}

function checkWhole(db: DatabaseSync, path: string): void {
  const found = db.prepare("PRAGMA quick_check(1)").get()?.quick_check;
  // The words of SQLite itself.
  // deno-lint-ignore plain-english/error-message
  if (found !== "ok") throw new Error("database disk image is malformed", { cause: `${path}: ${found}` });
}

function useLog(db: DatabaseSync, path: string): void {
  const mode = db.prepare("PRAGMA journal_mode = WAL").get()?.journal_mode;
  if (mode === "wal") return;
  throw new ArchiveStoreError({
    operation: "open",
    path,
    found: "its file system has no shared memory, which the log needs",
    hint: "keep the archive on a local disk",
  });
}

/** At how many pages of the database's own size a commit moves the log. */
export function checkpointPages({ checkpointPages = 20_000 }: Tuning): number {
  return Math.ceil(checkpointPages * COUNTED_PAGE / PAGE_SIZE);
}

/** `share` is how much of the cache is for this connection. */
function tune(db: DatabaseSync, tuning: Tuning, share: number): void {
  const { synchronous = "normal", cacheBytes = 10 * 1024 * 1024, maxBytes } = tuning;
  const pages = checkpointPages(tuning);
  // FAST leaves no copies behind where rows move between pages, which no later deletion would find; it costs nothing measurable.
  db.exec(`
    PRAGMA synchronous = ${synchronous};
    PRAGMA cache_size = -${Math.ceil(cacheBytes * share / 1024)};
    PRAGMA secure_delete = FAST;
    PRAGMA temp_store = MEMORY;
    PRAGMA wal_autocheckpoint = ${pages};
    PRAGMA journal_size_limit = ${pages * PAGE_SIZE};
    ${maxBytes === undefined ? "" : `PRAGMA max_page_count = ${Math.ceil(maxBytes / PAGE_SIZE)}`}`);
}

function migrate(db: DatabaseSync, version: number): void {
  const queries = new Queries(db);
  for (const [step, sql] of MIGRATIONS.entries()) {
    if (step < version) continue;
    transaction(queries, () => {
      db.exec(`${sql}; PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${step + 1}`);
    });
  }
}

function pragma(db: DatabaseSync, sql: string): number {
  return Number(db.prepare(sql).get()?.value ?? 0);
}
