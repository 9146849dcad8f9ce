import type { DatabaseSync } from "node:sqlite";
import { networkTurn } from "../../lib/next_turn.ts";
import type { ArchiveStore } from "../archive.ts";
import type { Compacted, CompactOptions } from "../back_end.ts";
import { Query } from "./query.ts";
import { PAGE_SIZE } from "./schema.ts";

/** Pages that are given back in one step: some milliseconds. */
const STEP = 500;

/** Gives all the room that is free in a database back to the file system. What cuts it off leaves a part of that undone, no more. */
export class Compact {
  readonly #free: Query<{ freelist_count: number }>;
  readonly #giveBack: Query<never>;

  constructor(db: DatabaseSync) {
    this.#free = new Query(db, "PRAGMA freelist_count");
    this.#giveBack = new Query(db, `PRAGMA incremental_vacuum(${STEP})`);
  }

  /** One step, within the caller's transaction; says how many bytes are left. */
  run(): number {
    this.#giveBack.all();
    return (this.#free.get()?.freelist_count ?? 0) * PAGE_SIZE;
  }
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
