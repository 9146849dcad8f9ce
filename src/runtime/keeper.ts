/**
 * Keeps the archives open that the plugins use: waits where they cannot be opened yet, and saves what they hold where their
 * files vanish.
 *
 * @module
 */
import { delay } from "@std/async/delay";
import type { ArchiveStore } from "../store/archive.ts";
import type { Displaced, Progressing } from "../store/back_end.ts";
import { ReplaceableStore } from "../store/replaceable.ts";
import type { Log } from "../log/log.ts";

/** Milliseconds between two looks at the archives. */
const PERIOD = 10_000;

export interface KeeperOptions {
  /** Opens the archives; `displaced` is told when their files are removed or replaced. */
  readonly open: (displaced: (found: Displaced) => void) => Promise<ArchiveStore>;
  /** Opens them again after they were closed, as often as that takes. */
  readonly reopen: () => Promise<ArchiveStore>;
  /** True when archives that cannot be opened may be waited for. */
  readonly mayWait: () => Promise<boolean>;
  /** Told when archives are open for which the plugins have waited. */
  readonly opened: () => Promise<void>;
  readonly log: Log;
  /** Milliseconds between two looks at the archives; default 10 s. */
  readonly period?: number | undefined;
  /** Told how far archives are saved whose files are gone, from 0 to 1; 1 also where they could not be. */
  readonly saving?: Progressing | undefined;
}

/** Disposing of it ends the watch, not the store. */
export class Keeper implements AsyncDisposable {
  readonly #options: KeeperOptions;
  readonly #stopping = new AbortController();
  readonly #period: number;
  #store: ReplaceableStore | undefined;
  #watching: Promise<void> | undefined;
  /** Reason why they could not be opened at the last attempt. */
  #reason = "";
  /** True while displaced files are to be saved. */
  #displaced = false;
  /** True when the log was cut off, so that a part of them is lost. */
  #cut = false;
  #saving: Promise<void> | undefined;
  /** File in which they are. */
  #saved: string | undefined;
  /** Sentence about displaced archives when the store was closed, after which it cannot be looked at. */
  #atEnd: { readonly aside: string | undefined } | undefined;

  constructor(options: KeeperOptions) {
    this.#options = options;
    this.#period = options.period ?? PERIOD;
  }

  /** True when archives are open and in their places; what cannot be seen is not. */
  get isOpen(): boolean {
    try {
      return this.#store?.isOpen ?? true;
    } catch {
      return false;
    }
  }

  /** Sentence about what displaced archives held; `undefined` where all is in its place. */
  get aside(): string | undefined {
    if (this.#atEnd !== undefined) return this.#atEnd.aside;
    if (this.isOpen) return undefined;
    if (this.#displaced) return "What the archives held is not saved: their files are gone";
    return this.#saved && `What the archives held is saved in "${this.#saved}"`;
  }

  /** Opens them, or returns a store that refuses everything until they can be opened. */
  async open(): Promise<ReplaceableStore> {
    this.#store = await this.#openOrWait();
    this.#store.beforeClosing(() => this.#lookAtEnd());
    return this.#store;
  }

  /** Looks at them now and then, from when `opened` may be called. */
  watch(): void {
    if (this.#store !== undefined) this.#watching ??= this.#watch(this.#store);
  }

  /** Hears that files were removed or replaced. */
  readonly displaced = ({ file, became }: Displaced): void => {
    const { log } = this.#options;
    log.error("archive-displaced", `A file of the archives was ${became}; nothing is taken until that is mended`, {
      file,
    });
    this.#displaced = true;
    this.#cut = became === "cut off";
    this.#save();
  };

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopping.abort();
    await this.#watching;
    // What has vanished since the last look is saved while it is open.
    if (!this.isOpen) await this.#save();
  }

  /** Saves what has vanished during the stop, too. */
  async #lookAtEnd(): Promise<void> {
    if (!this.isOpen) await this.#save();
    this.#atEnd = { aside: this.aside };
  }

  async #openOrWait(): Promise<ReplaceableStore> {
    const { open, mayWait } = this.#options;
    try {
      return new ReplaceableStore(await open(this.displaced));
    } catch (error) {
      if (!await mayWait()) throw error;
      this.#tellAbsence(error);
      return new ReplaceableStore(undefined, error);
    }
  }

  /** Logs why the archives cannot be opened, once a reason. */
  #tellAbsence(error: unknown): void {
    if (String(error) === this.#reason) return;
    this.#reason = String(error);
    const retry_in_seconds = this.#period / 1000;
    this.#options.log.error("store-not-open", "The archives cannot be opened; messages wait", {
      error,
      retry_in_seconds,
    });
  }

  async #watch(store: ReplaceableStore): Promise<void> {
    const { signal } = this.#stopping;
    while (true) {
      await delay(this.#period, { signal }).catch(() => {});
      if (signal.aborted) return;
      if (store.isMissing) await this.#provide(store);
      else if (!this.isOpen) await this.#save();
    }
  }

  async #provide(store: ReplaceableStore): Promise<void> {
    const { open, opened } = this.#options;
    try {
      await store.provide(await open(this.displaced));
      await opened();
    } catch (error) {
      this.#tellAbsence(error);
    }
  }

  /** Saves what displaced archives hold, unless that is being done, or was. */
  #save(): Promise<void> {
    if (!this.#displaced) return Promise.resolve();
    return this.#saving ??= this.#trySaving().finally(() => this.#saving = undefined);
  }

  async #trySaving(): Promise<void> {
    const { reopen, log, saving = () => {} } = this.#options;
    const store = this.#store;
    try {
      saving(0);
      // All of it is copied before it is safe on the disk, and under its name.
      const saved = await store?.files.salvage((share) => saving(share * 0.99));
      this.#displaced = false;
      this.#saved = saved;
      if (saved !== undefined) {
        const hint = `stop Annals, put it back (annals restore "${saved}"), and start Annals`;
        log.error("archive-saved", "The archives are saved in another file", { saved, hint });
        return;
      }
    } catch (error) {
      log.error("archive-not-saved", "Cannot save the archives yet; trying again", { error });
      return;
    } finally {
      saving(1);
    }
    if (this.#cut) {
      log.error(
        "archive-reopened",
        "What the log held behind the cut is lost; the database is opened again without it",
      );
    } else log.warn("archive-reopened", "The database is complete and in its place; it is opened again");
    if (this.#stopping.signal.aborted) return;
    // Nobody waits for this; a store that could not be closed is told of, and the next is open all the same.
    await store?.replace(() => Promise.resolve(), reopen)
      .catch((error) => log.error("store-not-closed", "The archives could not be closed", { error }));
  }
}
