/**
 * Retention that the owners of rooms have set.
 *
 * @module
 */
import type { ArchiveStore } from "../../../store/archive.ts";
import { everyKey, updateDatum } from "../../../store/several_calls.ts";

/** Space of the values in the store, by the bare JID of the room. */
const SPACE = "mam/room-retention";

export class RoomBook {
  readonly #store: ArchiveStore;

  constructor(store: ArchiveStore) {
    this.#store = store;
  }

  /** Seconds for which a room keeps messages; `undefined` where it has no retention of its own. */
  async retentionOf(room: string): Promise<number | undefined> {
    const text = await this.#store.datum(SPACE, room);
    return text === undefined ? undefined : Number(text);
  }

  /** Sets it; without `seconds`, the room has none of its own. */
  async setRetention(room: string, seconds: number | undefined): Promise<void> {
    await updateDatum(this.#store, SPACE, room, () => seconds?.toString());
  }

  /** Forgets a room that is gone. */
  forget(room: string): Promise<void> {
    return this.setRetention(room, undefined);
  }

  /** Yields the rooms that have a retention of their own. */
  async *rooms(): AsyncGenerator<{ readonly room: string; readonly seconds: number }> {
    for await (const room of everyKey(this.#store, SPACE)) {
      const seconds = await this.retentionOf(room);
      if (seconds !== undefined) yield { room, seconds };
    }
  }
}
