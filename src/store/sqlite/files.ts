/**
 * The files of a database.
 *
 * @module
 */
import { lchown } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { areSame, realPath, statOf } from "../../lib/files.ts";
import { ArchiveStoreError } from "../error.ts";

/**
 * Makes a file that only its owner may read, so that SQLite finds it so; it gives `-wal` and `-shm` the same rights and the
 * same owner. Returns false where there was one.
 */
export async function keepPrivate(path: string): Promise<boolean> {
  try {
    (await Deno.open(path, { write: true, createNew: true, mode: 0o600 })).close();
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.AlreadyExists) return false;
    throw error;
  }
}

/** Makes a file of an archive: of its folder's owner, as the service is to use it whoever makes it, root perhaps. */
export async function makeArchiveFile(path: string): Promise<void> {
  if (await keepPrivate(path)) await giveToFolder(path);
}

/** Makes the folder of an archive, and those above it, each of the owner of the one that it is in. */
export async function makeArchiveFolder(path: string): Promise<void> {
  if (await statOf(path) !== undefined) return;
  await makeArchiveFolder(dirname(path));
  try {
    await Deno.mkdir(path, { mode: 0o700 });
  } catch (error) {
    // Another process was faster.
    if (error instanceof Deno.errors.AlreadyExists && (await Deno.stat(path)).isDirectory) return;
    throw error;
  }
  await giveToFolder(path);
}

/** Gives a new file to the owner of its folder. Only root can; whoever else makes files has them. */
export async function giveToFolder(path: string): Promise<void> {
  const { uid, gid } = await Deno.stat(dirname(path));
  if (uid !== null && gid !== null && uid !== (await Deno.lstat(path)).uid) await give(path, { uid, gid });
}

/** Gives a file to somebody, never what a link points to. */
export async function give(path: string, { uid, gid }: { uid: number; gid: number }): Promise<void> {
  try {
    await lchown(path, uid, gid);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EPERM")) throw error;
  }
}

/** Removes a database that is not in use, if it is there, and what SQLite may have left beside it. */
export async function removeDatabase(path: string): Promise<void> {
  for (const file of [path, `${path}-wal`, `${path}-shm`, `${path}-journal`]) {
    if (await statOf(file) !== undefined) await Deno.remove(file);
  }
}

/** Waits until a file is on the disk. To be called while no connection is open: closing a file gives up SQLite's locks on it. */
export async function syncFile(path: string): Promise<void> {
  using file = await Deno.open(path, { read: true, write: true });
  await file.sync();
}

/** Names of the files that lie beside a database and belong to it. */
const BESIDE = ["-wal", "-shm", "-lock", "-journal", "-restoring", "-restoring-lock", "-replaced", "-control"];

/**
 * Refuses a file of an archive, whatever links lead there, as what a copy of the archive is written to: who has the archive
 * open would go on with what is no longer there. Throws `ArchiveStoreError`.
 */
export async function refuseItself(path: string, file: string, operation: string): Promise<void> {
  const real = await placeOf(path);
  const place = await placeOf(file);
  if (["", ...BESIDE].every((suffix) => real + suffix !== place) && !await areSame(real, place)) return;
  throw new ArchiveStoreError({
    operation,
    path,
    found: `"${file}" is a file of the archive itself`,
    hint: "give another name",
  });
}

/** Place where a file is, or would be: its folder may be a link though there is no file in it yet. */
async function placeOf(path: string): Promise<string> {
  const real = await realPath(path);
  return real === path ? join(await realPath(dirname(path)), basename(path)) : real;
}
