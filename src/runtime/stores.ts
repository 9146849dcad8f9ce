/**
 * Opens the stores that `[storage]` configures.
 *
 * @module
 */
import type { ArchiveReader, ArchiveStore } from "../store/archive.ts";
import { openMemoryStore } from "../store/memory/mod.ts";
import { openPostgresqlReader, openPostgresqlStore } from "../store/postgresql/mod.ts";
import { openSqliteReader, openSqliteStore, type SqliteOptions } from "../store/sqlite/mod.ts";
import { savedFrom } from "../store/sqlite/salvage.ts";
import type { Displaced } from "../store/sqlite/own_files.ts";
import type { Config } from "../config/config.ts";
import type { Log } from "../log/log.ts";
import { type Opening, openWhenReachable, postgresqlOptions } from "./postgresql.ts";

/** MiB, in bytes. */
const MIB = 1024 * 1024;

/** Is told once when files of open archives were removed or replaced. */
export interface Watching {
  readonly displaced?: ((found: Displaced) => void) | undefined;
}

/** Opens a store by its key in `[storage]`. */
export async function openStore(
  name: string,
  { storage }: Config,
  opening: Opening & Watching,
): Promise<ArchiveStore> {
  if (name !== "archive2") throw new Error(`Cannot open the store "${name}": expected a key of [storage], "archive2"`);
  const { log } = opening;
  switch (storage.archive2) {
    case "memory":
      log.warn("store-in-memory", "Archives are kept in memory: they are gone at exit", {
        hint: 'set archive2 = "sqlite"',
      });
      return openMemoryStore();
    case "sqlite":
      return await toldOfSaved(
        await openSqliteStore({
          ...sqliteOptions(storage),
          upgraded: (versions) =>
            log.info("store-upgraded", "The archives were brought up to date, for good", versions),
          displaced: opening.displaced,
        }),
        { path: storage.sqlite.path, log },
      );
    case "postgresql":
      return told(await openWhenReachable(await postgresqlOptions(storage), opening), log);
  }
}

/**
 * True when archives that cannot be opened may be waited for: as far as can be seen there are none yet, so that nobody misses
 * what is in them. A database that is there but cannot be opened (damaged, in use, of a newer version) ends the start.
 */
export async function mayBeWaitedFor({ storage }: Config): Promise<boolean> {
  if (storage.archive2 !== "sqlite") return false;
  try {
    // One that is empty was made when the rest could not be.
    return (await Deno.lstat(storage.sqlite.path)).size === 0;
  } catch {
    return true;
  }
}

/** The archives may be new ones, made where others had vanished. */
async function toldOfSaved(
  store: ArchiveStore,
  { path, log }: { path: string; log: Log },
): Promise<ArchiveStore> {
  for (const saved of await savedFrom(path)) {
    log.warn("archive-saved-before", "There is a file with archives that were saved when their files vanished", {
      saved,
      hint: `annals restore "${saved}" puts them in the place of these; remove the file when it is not needed`,
    });
  }
  return told(store, log);
}

function told(store: ArchiveStore, log: Log): ArchiveStore {
  log.info("store-opened", "The archives are open", { store: store.description });
  return store;
}

/** Kinds of places for archives. */
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
  watching: Watching = {},
): Promise<ArchiveStore> {
  switch (kind) {
    case "memory":
      throw ofServiceAlone();
    case "sqlite":
      return await openSqliteStore({ ...sqliteOptions(storage), ...watching });
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

/** Path of the archives on disk. Throws where they are elsewhere; `instead` says what does the same in PostgreSQL. */
export function archivePath({ storage }: Config, instead: string): string {
  switch (storage.archive2) {
    case "memory":
      throw ofServiceAlone();
    case "sqlite":
      return storage.sqlite.path;
    case "postgresql":
      throw new Error(`The archives are in PostgreSQL, which does that itself: ${instead}`);
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
