/**
 * Retention that the owners of rooms have set.
 *
 * @module
 */
import type { ArchiveStore } from "../../../store/archive.ts";

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
    const to = seconds?.toString();
    for (;;) {
      const from = await this.#store.datum(SPACE, room);
      if (from === to || await this.#store.changeDatum(SPACE, room, { from, to })) return;
    }
  }

  /** Forgets a room that is gone. */
  forget(room: string): Promise<void> {
    return this.setRetention(room, undefined);
  }

  /** Yields the rooms that have a retention of their own. */
  async *rooms(): AsyncGenerator<{ readonly room: string; readonly seconds: number }> {
    for (let last: string | undefined = ""; last !== undefined;) {
      const rooms: string[] = await this.#store.dataKeys(SPACE, last, 100);
      for (const room of rooms) {
        const seconds = await this.retentionOf(room);
        if (seconds !== undefined) yield { room, seconds };
      }
      last = rooms.at(-1);
    }
  }
}
