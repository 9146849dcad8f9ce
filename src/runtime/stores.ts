/**
 * Opens the stores that `[storage]` configures.
 *
 * @module
 */
import type { ArchiveReader, ArchiveStore } from "../store/archive.ts";
import { openMemoryStore } from "../store/memory/mod.ts";
import { openSqliteReader, openSqliteStore, type SqliteOptions } from "../store/sqlite/mod.ts";
import type { Config } from "./config/config.ts";
import type { Log } from "./log.ts";

/** MiB, in bytes. */
const MIB = 1024 * 1024;

/**
 * Opens a store by its key in `[storage]`. Where a new database cannot be made, archives are kept in memory, as Prosody does,
 * and that is said aloud at every start: what memory holds is gone at exit. A database that is there but cannot be opened
 * (damaged, in use, of a newer version) is an error: an empty archive must not stand in for one that people rely on.
 */
export async function openStore(name: string, { storage }: Config, log: Log): Promise<ArchiveStore> {
  if (name !== "archive2") throw new Error(`Cannot open the store "${name}": expected a key of [storage], "archive2"`);
  if (storage.archive2 === "memory") {
    log.warn("store-in-memory", "Archives are kept in memory: they are gone at exit", {
      hint: 'set archive2 = "sqlite"',
    });
    return openMemoryStore();
  }
  const { path } = storage.sqlite;
  try {
    const store = await openSqliteStore({
      ...sqliteOptions(storage),
      upgraded: (versions) => log.info("store-upgraded", "The archives were brought up to date, for good", versions),
    });
    log.info("store-opened", "The archives are open", { store: store.description });
    return store;
  } catch (error) {
    if (await exists(path)) throw error;
    log.error("store-in-memory", "ARCHIVES ARE KEPT IN MEMORY AND GONE AT EXIT: no database can be made", { error });
    return openMemoryStore();
  }
}

/** The archives on disk, to be read beside whoever has them open. */
export function openArchivesToRead(config: Config): ArchiveReader {
  return openSqliteReader(archivePath(config));
}

/** The archives on disk, to be written by nobody else meanwhile. */
export async function openArchivesToImport(config: Config): Promise<ArchiveStore> {
  requireDisk(config.storage);
  return await openSqliteStore(sqliteOptions(config.storage));
}

/** The same, where there are some already. */
export async function openArchivesToChange(
  config: Config,
  options: Pick<SqliteOptions, "secureDelete"> = {},
): Promise<ArchiveStore> {
  // What is not there must not be made, only to be found empty.
  await openArchivesToRead(config)[Symbol.asyncDispose]();
  return await openSqliteStore({ ...sqliteOptions(config.storage), ...options });
}

/** Where the archives on disk are. */
export function archivePath({ storage }: Config): string {
  requireDisk(storage);
  return storage.sqlite.path;
}

function requireDisk({ archive2 }: Config["storage"]): void {
  if (archive2 === "sqlite") return;
  throw new Error(
    'Cannot open the archives: found archive2 = "memory", expected "sqlite"; memory is of the service alone',
  );
}

function sqliteOptions({ sqlite }: Config["storage"]): SqliteOptions {
  const { path, synchronous, cache_size, checkpoint_pages } = sqlite;
  return { path, synchronous, cacheBytes: cache_size * MIB, checkpointPages: checkpoint_pages };
}

/** Whether there is something at a path, as far as one may look. */
async function exists(path: string): Promise<boolean> {
  try {
    await Deno.lstat(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) return false;
    throw error;
  }
}
