/**
 * Opens the stores that `[storage]` configures.
 *
 * @module
 */
import type { ArchiveStore } from "../store/archive.ts";
import { openMemoryStore } from "../store/memory/mod.ts";
import { openSqliteStore } from "../store/sqlite/mod.ts";
import type { Config } from "./config/config.ts";
import type { Log } from "./log.ts";

/** MiB, in bytes. */
const MIB = 1024 * 1024;

/**
 * Opens a store by its key in `[storage]`. Where the database cannot be opened, the archive is kept in memory, as Prosody
 * does, and that is said aloud at every start: what it holds is gone at exit.
 */
export async function openStore(name: string, { storage }: Config, log: Log): Promise<ArchiveStore> {
  if (name !== "archive2") throw new Error(`Cannot open the store "${name}": expected a key of [storage], "archive2"`);
  if (storage.archive2 === "memory") {
    log.warn("store-in-memory", "Archives are kept in memory: they are gone at exit", {
      hint: 'set archive2 = "sqlite"',
    });
    return openMemoryStore();
  }
  const { path, synchronous, cache_size, checkpoint_pages } = storage.sqlite;
  try {
    const store = await openSqliteStore({
      path,
      synchronous,
      cacheBytes: cache_size * MIB,
      checkpointPages: checkpoint_pages,
    });
    log.info("store-opened", "The archives are open", { store: store.description });
    return store;
  } catch (error) {
    log.error("store-in-memory", "ARCHIVES ARE KEPT IN MEMORY AND GONE AT EXIT: the database cannot be opened", {
      error,
    });
    return openMemoryStore();
  }
}
