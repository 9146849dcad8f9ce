import { realPath, statOf } from "../../lib/files.ts";
import { openReader, openWriter, requireCurrent } from "./database.ts";
import { failure } from "./failure.ts";
import { removeDatabase, syncFile } from "./files.ts";
import { lockArchive } from "./lock.ts";

/** Path where the database is prepared that takes the place of an archive; `path` is the real path of that. */
export function copyOf(path: string): string {
  return `${path}-restoring`;
}

/**
 * Puts what was prepared beside an archive into its place. What it replaces stays, as `-replaced`, until the archive has been
 * opened anew. To be called by whoever has the archive's lock, while nobody has it open. Throws `ArchiveStoreError`; the
 * archive is as it was then.
 */
export async function replaceArchive(path: string): Promise<void> {
  const copy = copyOf(path);
  const replaced = `${path}-replaced`;
  try {
    requireSound(copy);
    keepNumbers(copy, newestOf(path));
    await syncFile(copy);
    await removeDatabase(replaced);
    await setAside(path, replaced);
    await Deno.rename(copy, path);
    requireSound(path);
  } catch (error) {
    throw failure("restore", path, error);
  }
  await removeDatabase(replaced);
}

/** The same, for a process that uses the archive and has closed it. */
export async function replaceLocked(path: string): Promise<void> {
  const real = await realPath(path);
  using _ = await lockArchive(real);
  await replaceArchive(real);
}

function requireSound(path: string): void {
  using db = openReader(path, {});
  requireCurrent(db, path);
}

/** The greatest number that any id of an archive had; 0 where that cannot be read, which may be why it is replaced. */
function newestOf(path: string): number {
  try {
    using db = openReader(path, {});
    requireCurrent(db, path);
    return Number(db.prepare("SELECT newest FROM state").get()?.newest ?? 0);
  } catch {
    return 0;
  }
}

/** Clients know ids of the archive that is replaced: those to come are greater, as in any archive. */
function keepNumbers(copy: string, newest: number): void {
  using db = openWriter(copy, {});
  db.prepare("UPDATE state SET newest = max(newest, ?)").run(newest);
}

async function setAside(path: string, replaced: string): Promise<void> {
  const old = await statOf(path);
  if (old === undefined) return;
  foldLog(path);
  // A log that is left belongs to what is replaced: with the other database it would damage that.
  if (await statOf(`${path}-wal`)) await Deno.rename(`${path}-wal`, `${replaced}-wal`);
  if (await statOf(`${path}-shm`)) await Deno.remove(`${path}-shm`);
  await Deno.link(path, replaced);
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
