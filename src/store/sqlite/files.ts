/**
 * The files of a database.
 *
 * @module
 */

/** Makes a file that only its owner may read, so that SQLite finds it so; it gives `-wal` and `-shm` the same rights. */
export async function keepPrivate(path: string): Promise<void> {
  try {
    (await Deno.open(path, { write: true, createNew: true, mode: 0o600 })).close();
  } catch (error) {
    if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
  }
}

/** Where a file really is, whatever links lead there; the path itself where there is none yet. */
export async function realPath(path: string): Promise<string> {
  try {
    return await Deno.realPath(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return path;
    throw error;
  }
}

/** What the system says of a file; `undefined` where there is none. */
export async function statOf(path: string): Promise<Deno.FileInfo | undefined> {
  try {
    return await Deno.stat(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
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
