/**
 * Room that a database takes on the disk.
 *
 * @module
 */
import { networkTurn } from "../../lib/next_turn.ts";
import type { ArchiveStore } from "../archive.ts";
import type { Compacted, CompactOptions } from "../back_end.ts";
import type { StoreSize } from "../figures.ts";
import type { Queries } from "./queries.ts";
import { PAGE_SIZE } from "./schema.ts";

/** The file keeps this part of itself free, to be used again. */
const FREE = 1 / 4;

/** Pages that are never worth giving back: 8 MiB. */
const FEW = 1024;

/** Pages given back in one step, by a sweep and by who asks for it: some milliseconds. */
const [SHRINK, GIVE_BACK] = [200, 500];

const PAGES = "SELECT page_count AS pages, freelist_count AS free FROM pragma_page_count, pragma_freelist_count";

/** Asks for no more than the first page of the database and the lengths of its files. */
export function readSize(queries: Queries, path: string): StoreSize {
  return { database: bytesOf(path), log: bytesOf(`${path}-wal`), free: freeBytes(queries) };
}

/** The length of a file; 0 when it is not there. */
export function bytesOf(path: string): number {
  try {
    return Deno.statSync(path).size;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return 0;
    throw error;
  }
}

/**
 * Gives a part of the free space back to the file system, where there is far more of it than will soon be used again. One step,
 * within the caller's transaction.
 */
export function shrink(queries: Queries): void {
  const { pages, free } = queries.get<{ pages: number; free: number }>(PAGES) ?? { pages: 0, free: 0 };
  // The pragma frees a page for each row that is asked for.
  if (free > FEW && free > pages * FREE) queries.all(`PRAGMA incremental_vacuum(${SHRINK})`);
}

/** Gives free space back, whether it will be used again or not: one step. Returns how many bytes are left. */
export function giveBack(queries: Queries): number {
  queries.all(`PRAGMA incremental_vacuum(${GIVE_BACK})`);
  return freeBytes(queries);
}

function freeBytes(queries: Queries): number {
  return (queries.get<{ freelist_count: number }>("PRAGMA freelist_count")?.freelist_count ?? 0) * PAGE_SIZE;
}

/** Gives back what is free, a step a turn of the event loop, until the signal. What cuts it off leaves a part undone, no more. */
export async function compactStore(store: ArchiveStore, { signal, progress }: CompactOptions): Promise<Compacted> {
  const { files } = store;
  // What the log still holds is of the database as well.
  await files?.fold();
  const { database: before, free } = store.size;
  for (let left = free; left > 0 && !signal.aborted;) {
    left = await files?.giveBack() ?? 0;
    progress(1 - left / free);
    await networkTurn();
  }
  await files?.fold();
  return { before, after: store.size.database };
}
