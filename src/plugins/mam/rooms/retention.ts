/**
 * Retention of rooms whose owners have set one of their own: shorter than that of all archives, which the sweep sees to.
 *
 * @module
 */
import { turns } from "../../../lib/next_turn.ts";
import type { ArchiveStore } from "../../../store/archive.ts";
import { timeOfNumber } from "../../../store/id.ts";
import type { RoomBook } from "./book.ts";

/** Entries that are forgotten in one step. */
const STEP = 100;

export interface RoomSweepOptions {
  readonly store: ArchiveStore;
  readonly book: RoomBook;
  readonly signal: AbortSignal;
}

/** Forgets what rooms have kept for long enough, oldest first. Returns how many entries went. */
export async function sweepRooms({ store, book, signal }: RoomSweepOptions): Promise<number> {
  // A clock that jumps ahead must not cost messages: time is that of the sweep, or of the newest message where there is none.
  const time = store.sweptAt || timeOfNumber(store.newestNumber);
  const turn = turns();
  let entries = 0;
  for await (const { room, seconds } of book.rooms()) {
    const filter = { end: time - seconds * 1000 };
    for (let more = true; more && !signal.aborted;) {
      const page = await store.page(room, filter, { max: STEP });
      const ids = "unknown" in page ? [] : page.entries.map(({ id }) => id);
      if (ids.length > 0) entries += await store.forget(room, ids);
      more = ids.length === STEP;
      await turn();
    }
  }
  return entries;
}
