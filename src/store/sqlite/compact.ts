import { nextTurn } from "../next_turn.ts";
import type { Progressing } from "./backup.ts";
import { openReader, openWriter } from "./database.ts";
import { failure } from "./failure.ts";
import { lockArchive } from "./lock.ts";
import { Query } from "./query.ts";

/** Pages that are given back in one step, which is a transaction: some milliseconds. */
const STEP = 500;

/** Gives all the room that is free in an archive back to the file system. What cuts it off leaves a part of that undone, no more. */
export async function compactArchive(
  path: string,
  { signal, progress = () => {} }: { signal: AbortSignal; progress?: Progressing },
): Promise<void> {
  try {
    // What is not there must not be made.
    openReader(path, {}).close();
    using _lock = await lockArchive(path);
    using db = openWriter(path, {});
    const free = new Query<{ freelist_count: number }>(db, "PRAGMA freelist_count");
    const giveBack = new Query<never>(db, `PRAGMA incremental_vacuum(${STEP})`);
    const before = free.get()?.freelist_count ?? 0;
    for (let left = before; left > 0 && !signal.aborted; left = free.get()?.freelist_count ?? 0) {
      giveBack.all();
      progress(1 - left / before);
      await nextTurn();
    }
  } catch (error) {
    throw failure("compact", path, error);
  }
}
