/**
 * Accounts that are gone, and their archives with them.
 *
 * @module
 */
import { Chain } from "../../../lib/chain.ts";
import { retry } from "../../../lib/pause.ts";
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
  readonly #chain = new Chain();

  constructor(options: DeletionOptions) {
    this.#options = options;
  }

  /** Forgets an account; tries until the signal, and resolves with whether it is done. */
  forget(account: string, signal: AbortSignal): Promise<boolean> {
    return this.#chain.add(() => this.#forget(account, signal));
  }

  /** Resolves when none is under way. */
  settled(): Promise<void> {
    return this.#chain.settled();
  }

  async #forget(account: string, signal: AbortSignal): Promise<boolean> {
    const { store, book, log } = this.#options;
    const entries = await retry(() => store.deleteArchive(account), {
      period: RETRY,
      signal,
      failed(error, before): void {
        if (before > 0) return;
        log.error("deletion-failed", "Cannot delete the archive of a deleted account yet", { account, error });
      },
    });
    if (entries === undefined) return false;
    book.forget(account);
    log.info("account-deleted", "An account was deleted, and its archive with it", { account, entries });
    return true;
  }
}
