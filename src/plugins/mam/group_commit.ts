/**
 * Stores messages in groups: what has arrived commits together, and a commit that is under way gathers the next.
 *
 * @module
 */
import { delay } from "@std/async/delay";
import type { Log } from "../../runtime/log.ts";
import type { ArchiveStore, NewMessage } from "../../store/archive.ts";
import type { Tally } from "./tally.ts";

/** Milliseconds between attempts to store what the store would not take. */
const RETRY = 1000;
/** Characters of stanzas that may wait for the store. */
const MAX_WAITING = 64 * 1024 * 1024;

/**
 * What the store cannot take (a full disk, say) waits in bounded memory, in order, and is stored when it can be. Beyond the
 * bound, and at the end, what must be given up is counted and logged as lost; nothing is dropped in silence.
 */
export class GroupCommit {
  readonly #store: ArchiveStore;
  readonly #tally: Tally;
  readonly #log: Log;
  readonly #closing = new AbortController();
  #next: NewMessage[] = [];
  #waiting = 0;
  #running: Promise<void> | undefined;
  /** Resolves when all is stored, or when it turns out that the store does not take it. */
  #caughtUp = Promise.withResolvers<void>();
  #failing = false;

  constructor(store: ArchiveStore, tally: Tally, log: Log) {
    this.#store = store;
    this.#tally = tally;
    this.#log = log;
  }

  add(message: NewMessage): void {
    if (this.#waiting > MAX_WAITING) return this.#lose([message]);
    this.#next.push(message);
    this.#waiting += message.stanza.length;
    this.#running ??= this.#run();
  }

  /** Waits for what has been added; `false` when the store does not take it for the time being. */
  async settled(): Promise<boolean> {
    if (this.#running !== undefined) await this.#caughtUp.promise;
    return !this.#failing;
  }

  /** Stores what waits; what the store does not take at this last attempt is lost. */
  async close(): Promise<void> {
    this.#closing.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    this.#caughtUp = Promise.withResolvers();
    // Whatever is added in the same turn of the event loop joins the first group.
    await Promise.resolve();
    while (this.#next.length > 0) {
      const batch = this.#next;
      this.#next = [];
      if (await this.#commit(batch)) this.#tally.add("stored", batch.length);
      else this.#lose(batch);
      for (const { stanza } of batch) this.#waiting -= stanza.length;
    }
    this.#running = undefined;
    this.#caughtUp.resolve();
  }

  /** Tries until the store takes the batch; `false` when it did not, at an attempt made after the closing began. */
  async #commit(batch: readonly NewMessage[]): Promise<boolean> {
    while (true) {
      const last = this.#closing.signal.aborted;
      try {
        await this.#store.append(batch);
        if (this.#failing) {
          this.#log.info("store-recovered", "The store takes messages again; what waited is stored");
          this.#caughtUp = Promise.withResolvers();
        }
        this.#failing = false;
        return true;
      } catch (error) {
        if (!this.#failing) {
          this.#log.error("store-failed", "The store does not take messages; they wait in memory", { error });
        }
        this.#failing = true;
        this.#caughtUp.resolve();
        if (last) return false;
        await delay(RETRY, { signal: this.#closing.signal }).catch(() => {});
      }
    }
  }

  #lose(messages: readonly NewMessage[]): void {
    this.#tally.add("lost", messages.length);
    this.#log.error("messages-lost", "Messages are lost: the store did not take them", { lost: messages.length });
  }
}
