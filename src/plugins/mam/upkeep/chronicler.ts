/**
 * Keeps the chronicle of the archive: when the server could reach it, so that it is known where messages may be missing, and
 * what became of what the server handed over.
 *
 * @module
 */
import { Chain } from "../../../lib/chain.ts";
import type { Log } from "../../../log/log.ts";
import type { ArchiveStore } from "../../../store/archive.ts";
import type { Happening } from "../../../store/figures.ts";
import type { Tally } from "../tally.ts";

export interface ChroniclerOptions {
  readonly store: Pick<ArchiveStore, "note">;
  readonly tally: Tally;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly log: Log;
}

/** Notes, now and then, what has happened since; what the store does not take is noted the next time. */
export class Chronicler {
  readonly #options: ChroniclerOptions;
  #began: number | undefined;
  #noted: Readonly<Record<string, number>> = {};
  readonly #chain = new Chain();

  constructor(options: ChroniclerOptions) {
    this.#options = options;
  }

  /** The server can reach the archive from here on. */
  opened(): void {
    this.#began = this.#options.now();
    this.note();
  }

  /** The server can no longer reach the archive. */
  ended(): void {
    this.note();
    this.#began = undefined;
  }

  /** Takes note of how things stand; resolves when that is stored, with false where it could not be. */
  note(): Promise<boolean> {
    const connected = this.#began === undefined
      ? {}
      : { connected: { began: this.#began, ended: this.#options.now() } };
    const counts = this.#options.tally.counts();
    return this.#chain.add(() => this.#note(connected, counts));
  }

  /** Takes note of the end. */
  async close(): Promise<void> {
    await this.note();
    this.#began = undefined;
  }

  async #note(connected: Pick<Happening, "connected">, counts: Readonly<Record<string, number>>): Promise<boolean> {
    const counted = Object.fromEntries(
      Object.entries(counts)
        .map(([word, count]) => [word, count - (this.#noted[word] ?? 0)] as const)
        .filter(([, count]) => count > 0),
    );
    if (Object.keys(connected).length + Object.keys(counted).length === 0) return true;
    try {
      await this.#options.store.note({ ...connected, counted });
      this.#noted = counts;
      return true;
    } catch (error) {
      // That the store takes nothing is told, aloud, by whoever has messages for it.
      this.#options.log.debug("chronicle-not-written", "Cannot write the chronicle", { error });
      return false;
    }
  }
}
