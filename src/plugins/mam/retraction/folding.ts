import { pause } from "../../../lib/pause.ts";
import type { Log } from "../../../log/log.ts";
import type { ArchiveStore } from "../../../store/archive.ts";

/** Milliseconds for which words that were overwritten may stay in the log of a database: moving that is work. */
const PERIOD = 10_000;

/** Moves what was overwritten into its place on disk, for several retractions at once. */
export class Folding {
  readonly #store: Pick<ArchiveStore, "files">;
  readonly #log: Log;
  readonly #closing = new AbortController();
  #asked = false;
  #running: Promise<void> | undefined;

  constructor(store: Pick<ArchiveStore, "files">, log: Log) {
    this.#store = store;
    this.#log = log;
  }

  /** Asks for it. */
  ask(): void {
    if (this.#store.files === undefined) return;
    this.#asked = true;
    this.#running ??= this.#run().finally(() => this.#running = undefined);
  }

  /** Does at once what was asked for. */
  async close(): Promise<void> {
    this.#closing.abort();
    await this.#running;
    if (this.#asked) await this.#fold();
  }

  async #run(): Promise<void> {
    while (this.#asked && await pause(PERIOD, this.#closing.signal)) await this.#fold();
  }

  /** Folds, unless somebody reads an earlier state; then it is asked for again. */
  async #fold(): Promise<void> {
    this.#asked = false;
    try {
      if (await this.#store.files?.fold() === false) this.#asked = true;
    } catch (error) {
      this.#asked = true;
      this.#log.debug("fold-failed", "Retracted text is still in the log of the database", { error });
    }
  }
}
