/**
 * Fills archives before anything is measured, each keeper's in its own format: sending 200 thousand messages through a
 * server that stores 300 a second would take longer than all the rest.
 *
 * @module
 */
import type { Annals } from "../../../tests/support/annals.ts";
import type { Server } from "../../../tests/support/servers/server.ts";
import { openSqliteStore } from "../../../src/store/sqlite/mod.ts";
import { preloadAnnals } from "./annals.ts";
import { preloadEjabberdSqlite } from "./ejabberd.ts";
import type { History } from "./history.ts";
import { preloadInternal, preloadProsodySqlite } from "./prosody.ts";

/** Place of a keeper's archives, which are written while neither it nor the server runs. */
export interface Place {
  /** Description for the report. */
  readonly words: string;
  write(histories: readonly History[]): void | Promise<void>;
  /** Returns the bytes that they take. */
  bytes(): Promise<number>;
}

/**
 * Returns the place of a server's archives.
 *
 * @param annals the one that keeps them, if it does
 */
export function placeOf({ name, site: { archive, folder } }: Server, annals?: Annals): Place {
  switch (annals === undefined ? `${name} ${archive}` : "Annals") {
    case "Annals":
      return place(`${annals?.folder}/data/archive2.sqlite`, "written through the store of Annals", preloadSqlite);
    case "Prosody own-internal":
      return place(`${folder}/data`, "written into the files of mod_storage_internal", preloadInternal);
    case "Prosody own-sqlite":
      return place(
        `${folder}/data/archive.sqlite`,
        "written into the table of mod_storage_sql",
        preloadProsodySqlite,
      );
    case "ejabberd own-sqlite":
      return place(`${folder}/archive.sqlite`, "written into the table of mod_mam_sql", preloadEjabberdSqlite);
    default:
      throw new RangeError(`Cannot find the archives of ${name}: it keeps none as "${archive}"`);
  }
}

async function preloadSqlite(path: string, histories: readonly History[]): Promise<void> {
  await using store = await openSqliteStore({ path });
  await preloadAnnals(store, histories);
}

/** Bytes of a file, or of all the files in a folder. */
async function bytesIn(path: string): Promise<number> {
  const { isFile, size } = await Deno.stat(path);
  if (isFile) return size;
  const inside = await Array.fromAsync(Deno.readDir(path), ({ name }) => bytesIn(`${path}/${name}`));
  return inside.reduce((sum, bytes) => sum + bytes, 0);
}

function place(
  path: string,
  words: string,
  write: (path: string, histories: readonly History[]) => void | Promise<void>,
): Place {
  return { words, write: (histories) => write(path, histories), bytes: () => bytesIn(path) };
}
