import { dirname } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import type { Survey } from "../archive.ts";
import { ArchiveStoreError } from "../error.ts";
import { copyArchive, type Progressing } from "./backup.ts";
import { openReader, openWriter, requireCurrent, requireOurs } from "./database.ts";
import { failure } from "./failure.ts";
import { realPath, removeDatabase, statOf, syncFile } from "./files.ts";
import { type Lock, lockArchive } from "./lock.ts";
import { SurveyQuery } from "./survey.ts";
import { faultsIn } from "./verify.ts";

/**
 * A backup that takes the place of an archive.
 *
 * It is copied beside the archive and verified there before anything of the archive is touched, and takes its place in one
 * step of the file system. Whatever cuts that off leaves either the one or the other under the name of the archive, and doing
 * it again does the rest.
 */
export class Restoration implements AsyncDisposable {
  readonly #path: string;
  readonly #copy: string;
  readonly #lock: Lock;
  /** What will be there. */
  readonly restored: Survey;
  /** What will be gone; `undefined` where there is nothing that can be read. */
  readonly replaced: Survey | undefined;

  private constructor(path: string, lock: Lock, surveys: Pick<Restoration, "restored" | "replaced">) {
    this.#path = path;
    this.#copy = copyOf(path);
    this.#lock = lock;
    this.restored = surveys.restored;
    this.replaced = surveys.replaced;
  }

  /** Copies and verifies a backup. Throws `ArchiveStoreError` where it is not sound, or the archive is in use. */
  static async prepare(file: string, archive: string, progress: Progressing = () => {}): Promise<Restoration> {
    await Deno.mkdir(dirname(archive), { recursive: true, mode: 0o700 });
    const path = await realPath(archive);
    using stack = new DisposableStack();
    const lock = stack.use(await lockArchive(archive));
    try {
      requireBackup(file);
      await copyArchive(file, copyOf(path), progress);
      const surveys = { restored: verified(copyOf(path), file), replaced: surveyOf(path) };
      stack.move();
      return new Restoration(path, lock, surveys);
    } catch (error) {
      await removeDatabase(copyOf(path));
      throw error;
    }
  }

  /** Puts it into its place. What it replaces stays beside it, as `-replaced`, until the archive has been opened anew. */
  async complete(): Promise<void> {
    const replaced = `${this.#path}-replaced`;
    try {
      await syncFile(this.#copy);
      await removeDatabase(replaced);
      await this.#setAside(replaced);
      await Deno.rename(this.#copy, this.#path);
      using db = openReader(this.#path, {});
      requireCurrent(db, this.#path);
    } catch (error) {
      throw failure("restore", this.#path, error);
    }
    await removeDatabase(replaced);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await removeDatabase(this.#copy);
    this.#lock[Symbol.dispose]();
  }

  async #setAside(replaced: string): Promise<void> {
    const old = await statOf(this.#path);
    if (old === undefined) return;
    if (old.uid !== null && old.gid !== null && old.uid !== (await Deno.stat(this.#copy)).uid) {
      await Deno.chown(this.#copy, old.uid, old.gid);
    }
    foldLog(this.#path);
    // A log that is left belongs to what is replaced: with the other database it would damage that.
    if (await statOf(`${this.#path}-wal`)) await Deno.rename(`${this.#path}-wal`, `${replaced}-wal`);
    if (await statOf(`${this.#path}-shm`)) await Deno.remove(`${this.#path}-shm`);
    await Deno.link(this.#path, replaced);
  }
}

function copyOf(path: string): string {
  return `${path}-restoring`;
}

function requireBackup(file: string): void {
  let db: DatabaseSync | undefined;
  try {
    db = openReader(file, {});
    requireOurs(db, file);
  } catch (error) {
    throw failure("open", file, error);
  } finally {
    db?.close();
  }
}

/** Brings a copy up to date, and says what is in it. */
function verified(copy: string, file: string): Survey {
  try {
    openWriter(copy, {}).close();
  } catch (error) {
    throw failure("restore", file, error);
  }
  using db = openReader(copy, {});
  const [fault] = faultsIn(db);
  if (fault === undefined) return new SurveyQuery(db).survey();
  throw new ArchiveStoreError({
    operation: "restore",
    path: file,
    found: `it is not sound (${fault})`,
    hint: "take an older backup; the archive is as it was",
  });
}

/** What an archive holds that is about to go; it may be damaged, which may be why. */
function surveyOf(path: string): Survey | undefined {
  let db: DatabaseSync | undefined;
  try {
    db = openReader(path, {});
    requireCurrent(db, path);
    return new SurveyQuery(db).survey();
  } catch {
    return undefined;
  } finally {
    db?.close();
  }
}

/** Moves the log of an archive into it, so that the archive is one file; where that cannot be, the log stays. */
function foldLog(path: string): void {
  try {
    using db = openWriter(path, {});
    // Closing it would do, unless somebody is reading.
    db.exec("PRAGMA wal_checkpoint(TRUNCATE)");
  } catch {
    // It is damaged, or of another version: its log goes with it.
  }
}
