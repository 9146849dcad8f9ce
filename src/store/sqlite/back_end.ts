import { choice, integer, option, path, type Values } from "../../config/options.ts";
import type { ArchiveStore } from "../archive.ts";
import type { ArchiveFile, BackEnd, Opening } from "../back_end.ts";
import { backUpArchive } from "./backup.ts";
import { refuseItself } from "./files.ts";
import { isInUse } from "./lock.ts";
import { openSqliteReader, openSqliteStore } from "./mod.ts";
import { replaceLocked } from "./replace.ts";
import { Restoration } from "./restore.ts";
import { savedFrom } from "./salvage.ts";
import { compactStore } from "./space.ts";
import { verifyArchive } from "./verify.ts";

/** MiB, in bytes. */
const MIB = 1024 * 1024;

const OPTIONS = {
  path: option(path(), {
    doc: "The database, relative to this file; put it on a disk with room for all the messages you keep",
    default: "data/archive2.sqlite",
  }),
  synchronous: option(choice("normal", "full"), {
    doc: '"full" waits for the disk at each commit: slower, but a power cut loses not even the last second',
    default: "normal",
  }),
  cache_size: option(integer({ min: 1, max: 65536 }), {
    doc: "Memory for the database's pages, in MiB; more helps when many large archives are read at once",
    default: 10,
  }),
  checkpoint_pages: option(integer({ min: 100, max: 10_000_000 }), {
    doc:
      "Pages of 4 KiB that gather before they move into the database; fewer keeps the -wal file small, but is slower",
    default: 20000,
  }),
};

type SqliteValues = Values<typeof OPTIONS>;

const FILE: ArchiveFile<typeof OPTIONS> = {
  path: ({ path }) => path,
  async isUnmade({ path }): Promise<boolean> {
    try {
      // One that is empty was made when the rest could not be.
      return (await Deno.lstat(path)).size === 0;
    } catch {
      return true;
    }
  },
  isInUse: ({ path }) => isInUse(path),
  refuse: ({ path }, file, operation) => refuseItself(path, file, operation),
};

/** Archives in a file, which one process writes. */
export const sqlite: BackEnd<typeof OPTIONS> = {
  name: "sqlite",
  title: "SQLite",
  keeps: "in a file",
  options: OPTIONS,
  shared: false,
  open,
  read: ({ path }) => Promise.resolve().then(() => openSqliteReader(path)),
  file: FILE,
  tools: {
    backup: ({ path }, file, progress) => backUpArchive(path, file, progress),
    restore: {
      prepare: ({ path }, file, options) => Restoration.prepare(file, path, options),
      replace: ({ path }) => replaceLocked(path),
    },
    verify: ({ path }) => Promise.resolve().then(() => verifyArchive(path)),
    compact: compactStore,
  },
};

async function open(
  { path, synchronous, cache_size, checkpoint_pages }: SqliteValues,
  { log, displaced }: Opening,
): Promise<ArchiveStore> {
  const store = await openSqliteStore({
    path,
    synchronous,
    cacheBytes: cache_size * MIB,
    checkpointPages: checkpoint_pages,
    upgraded: (versions) => log?.info("store-upgraded", "The archives were brought up to date, for good", versions),
    displaced,
  });
  if (log === undefined) return store;
  // The archives may be new ones, made where others had vanished.
  for (const saved of await savedFrom(path)) {
    log.warn("archive-saved-before", "There is a file with archives that were saved when their files vanished", {
      saved,
      hint: `annals restore "${saved}" puts them in the place of these; remove the file when it is not needed`,
    });
  }
  return store;
}
