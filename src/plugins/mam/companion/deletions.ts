/**
 * Accounts that are gone, and their archives with them.
 *
 * @module
 */
import { delay } from "@std/async/delay";
import type { Log } from "../../../log/log.ts";
import type { ArchiveStore } from "../../../store/archive.ts";
import type { PreferenceBook } from "../preferences.ts";

/** Milliseconds between attempts at what the store would not do. */
const RETRY = 1000;

export interface DeletionOptions {
  readonly store: ArchiveStore;
  readonly book: PreferenceBook;
  readonly log: Log;
}

/**
 * Forgets accounts one after the other: two deletions of one account at a time would end at different times, and the later
 * one might take along what the next owner of the name was sent in between.
 */
export class Deletions {
  readonly #options: DeletionOptions;
  #last: Promise<unknown> = Promise.resolve();

  constructor(options: DeletionOptions) {
    this.#options = options;
  }

  /** Forgets an account; tries until the signal, and resolves with whether it is done. */
  forget(account: string, signal: AbortSignal): Promise<boolean> {
    const forgotten = this.#last.then(() => this.#forget(account, signal));
    this.#last = forgotten;
    return forgotten;
  }

  /** Resolves when none is under way. */
  async settled(): Promise<void> {
    await this.#last;
  }

  async #forget(account: string, signal: AbortSignal): Promise<boolean> {
    const { store, book, log } = this.#options;
    let failed = false;
    while (!signal.aborted) {
      try {
        const entries = await store.deleteArchive(account);
        book.forget(account);
        log.info("account-deleted", "An account is gone, and its archive with it", { account, entries });
        return true;
      } catch (error) {
        if (!failed) {
          log.error("deletion-failed", "The archive of an account that is gone is still there", { account, error });
        }
        failed = true;
        await delay(RETRY, { signal }).catch(() => {});
      }
    }
    return false;
  }
}
