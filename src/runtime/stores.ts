/**
 * Opens the stores that `[storage]` configures.
 *
 * @module
 */
import type { ArchiveReader, ArchiveStore } from "../store/archive.ts";
import { openMemoryStore } from "../store/memory/mod.ts";
import { openPostgresqlReader, openPostgresqlStore } from "../store/postgresql/mod.ts";
import { openSqliteReader, openSqliteStore, type SqliteOptions } from "../store/sqlite/mod.ts";
import type { Config } from "./config/config.ts";
import type { Log } from "./log.ts";
import { type Opening, openWhenReachable, postgresqlOptions } from "./postgresql.ts";

/** MiB, in bytes. */
const MIB = 1024 * 1024;

/** Opens a store by its key in `[storage]`. */
export async function openStore(name: string, { storage }: Config, opening: Opening): Promise<ArchiveStore> {
  if (name !== "archive2") throw new Error(`Cannot open the store "${name}": expected a key of [storage], "archive2"`);
  const { log } = opening;
  switch (storage.archive2) {
    case "memory":
      log.warn("store-in-memory", "Archives are kept in memory: they are gone at exit", {
        hint: 'set archive2 = "sqlite"',
      });
      return openMemoryStore();
    case "sqlite":
      return await openSqliteOrMemory(storage, log);
    case "postgresql":
      return told(await openWhenReachable(await postgresqlOptions(storage), opening), log);
  }
}

/**
 * Where a new database cannot be made, archives are kept in memory, as Prosody does, and that is said aloud at every start: what
 * memory holds is gone at exit. A database that is there but cannot be opened (damaged, in use, of a newer version) is an error:
 * an empty archive must not stand in for one that people rely on.
 */
async function openSqliteOrMemory(storage: Config["storage"], log: Log): Promise<ArchiveStore> {
  try {
    const store = await openSqliteStore({
      ...sqliteOptions(storage),
      upgraded: (versions) => log.info("store-upgraded", "The archives were brought up to date, for good", versions),
    });
    return told(store, log);
  } catch (error) {
    if (await exists(storage.sqlite.path)) throw error;
    log.error("store-in-memory", "ARCHIVES ARE KEPT IN MEMORY AND GONE AT EXIT: no database can be made", { error });
    return openMemoryStore();
  }
}

function told(store: ArchiveStore, log: Log): ArchiveStore {
  log.info("store-opened", "The archives are open", { store: store.description });
  return store;
}

/** Where archives can be. */
export type StoreKind = Config["storage"]["archive2"];

/** The archives, those of the configuration unless a kind is given, to be read beside whoever has them open. */
export async function openArchivesToRead(
  { storage }: Config,
  kind: StoreKind = storage.archive2,
): Promise<ArchiveReader> {
  switch (kind) {
    case "memory":
      throw ofServiceAlone();
    case "sqlite":
      return openSqliteReader(storage.sqlite.path);
    case "postgresql":
      return await openPostgresqlReader(await postgresqlOptions(storage));
  }
}

/** The same to be written: in SQLite by nobody else meanwhile, in PostgreSQL beside the service. */
export async function openArchivesToImport(
  { storage }: Config,
  kind: StoreKind = storage.archive2,
): Promise<ArchiveStore> {
  switch (kind) {
    case "memory":
      throw ofServiceAlone();
    case "sqlite":
      return await openSqliteStore(sqliteOptions(storage));
    case "postgresql":
      return await openPostgresqlStore(await postgresqlOptions(storage));
  }
}

/** The same, where there are some already. */
export async function openArchivesToChange(config: Config): Promise<ArchiveStore> {
  // What is not there must not be made, only to be found empty.
  await (await openArchivesToRead(config))[Symbol.asyncDispose]();
  return await openArchivesToImport(config);
}

/** Where the archives on disk are. Throws where they are elsewhere; `instead` says what does the same in PostgreSQL. */
export function archivePath({ storage }: Config, instead: string): string {
  switch (storage.archive2) {
    case "memory":
      throw ofServiceAlone();
    case "sqlite":
      return storage.sqlite.path;
    case "postgresql":
      throw new Error(`These archives are in PostgreSQL, which does that itself: ${instead}`);
  }
}

function ofServiceAlone(): Error {
  return new Error(
    'Cannot open the archives: found archive2 = "memory", expected "sqlite" or "postgresql"; memory is of the service alone',
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
