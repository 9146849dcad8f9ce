/**
 * Retention of rooms, where it is shorter than that of all archives, which the sweep sees to: that of the configuration, or
 * one that the room's owner has set.
 *
 * @module
 */
import { turns } from "../../../lib/next_turn.ts";
import type { ArchiveStore } from "../../../store/archive.ts";
import { timeOfNumber } from "../../../store/id.ts";
import { everyOwner } from "../../../store/several_calls.ts";
import type { RoomBook } from "./book.ts";

/** Entries that are forgotten in one step. */
const STEP = 100;

export interface RoomSweepOptions {
  readonly store: ArchiveStore;
  readonly book: RoomBook;
  /** Domains of rooms. */
  readonly domains: Iterable<string>;
  /** Seconds for which rooms keep messages; `Infinity` where only those expire whose owners say so. */
  readonly age: number;
  readonly signal: AbortSignal;
}

/** Forgets what rooms have kept for long enough, oldest first. Returns how many entries went. */
export async function sweepRooms(options: RoomSweepOptions): Promise<number> {
  const { store, signal } = options;
  // A clock that jumps ahead must not cost messages: time is that of the sweep, or of the newest message where there is none.
  const time = store.sweptAt || timeOfNumber(store.newestNumber);
  const turn = turns();
  let entries = 0;
  for await (const { room, seconds } of expiring(options)) {
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

/** Yields rooms whose messages expire before those of accounts, with their retention. */
async function* expiring(
  { store, book, domains, age }: RoomSweepOptions,
): AsyncGenerator<{ readonly room: string; readonly seconds: number }> {
  if (age === Infinity) return yield* book.rooms();
  for (const domain of domains) {
    for await (const room of everyOwner(store, domain)) {
      yield { room, seconds: Math.min(age, await book.retentionOf(room) ?? Infinity) };
    }
  }
}
