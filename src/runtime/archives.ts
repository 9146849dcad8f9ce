/**
 * The archives that a service has open, and what is done to them as a whole while it runs.
 *
 * @module
 */
import { delay } from "@std/async/delay";
import type { ArchiveStore } from "../store/archive.ts";
import type { Progressing } from "../store/back_end.ts";
import type { ReplaceableStore } from "../store/replaceable.ts";
import type { Config } from "../config/config.ts";
import { compacting } from "./control/compact.ts";
import type { Controls } from "./control/control.ts";
import { restoring } from "./control/restore.ts";
import { startControl } from "./control/server.ts";
import { socketOf } from "./control/socket.ts";
import { realPath } from "../lib/files.ts";
import type { Log } from "../log/log.ts";
import { Keeper } from "./keeper.ts";
import { archiveFile, mayBeWaitedFor, openArchivesToImport, openStore, toolFor } from "./stores.ts";

/** Milliseconds between attempts to open what was replaced. */
const RETRY = 1000;

export interface ArchivesOptions {
  readonly config: Config;
  readonly log: Log;
  /** Aborted when the start is given up. */
  readonly signal?: AbortSignal | undefined;
  readonly controls: Controls;
  /** Told that other archives are open than before. */
  readonly replaced: () => void;
  /** Milliseconds between two looks at archives that cannot be opened, or may have vanished. */
  readonly period?: number | undefined;
  /** Told how far archives are saved whose files are gone. */
  readonly saving?: Progressing | undefined;
}

/** Opens archives for plugins, and lets commands do with them what needs the service. */
export class Archives implements AsyncDisposable {
  readonly #options: ArchivesOptions;
  readonly #stopping = new AbortController();
  readonly #lent = new AsyncDisposableStack();
  #keeper: Keeper | undefined;
  #store: ReplaceableStore | undefined;
  #opened: Promise<ArchiveStore> | undefined;
  #opening = 0;

  constructor(options: ArchivesOptions) {
    this.#options = options;
  }

  /** Number of stores being opened: a database that cannot be reached is waited for. */
  get opening(): number {
    return this.#opening;
  }

  /** True when they are open and their files are in their places, and where nothing is to be opened. */
  get areOpen(): boolean {
    return this.#keeper?.isOpen ?? true;
  }

  /** Sentence about archives whose files were removed or replaced; `undefined` where they are in their places. */
  get aside(): string | undefined {
    return this.#keeper?.aside;
  }

  /** Opens the archives for the plugin that keeps them, and closes them when that stops. */
  open(name: string): Promise<ArchiveStore> {
    return this.#opened ??= this.#open(name);
  }

  /** The archives, for data beside them; opens them where no plugin has. */
  async shared(): Promise<ArchiveStore> {
    if (this.#opened !== undefined) return await this.#opened;
    const store = await this.open("archive2");
    this.#lent.use(store);
    return store;
  }

  async #open(name: string): Promise<ArchiveStore> {
    const { config, log, signal, replaced, period, saving } = this.#options;
    this.#opening++;
    try {
      this.#keeper = this.#lent.use(
        new Keeper({
          open: (displaced) => openStore(name, config, { log, signal, displaced }),
          reopen: () => this.#reopen(),
          mayWait: () => mayBeWaitedFor(config),
          opened: () => {
            replaced();
            return this.listen();
          },
          log,
          period,
          saving,
        }),
      );
      return this.#store = await this.#keeper.open();
    } finally {
      this.#opening--;
    }
  }

  /** Looks now and then whether they can be opened, and are in their places. To be called when the plugins have started. */
  watch(): void {
    this.#keeper?.watch();
  }

  /** Lets commands ask, where the archives are in a file; that they cannot is no reason not to go on. */
  async listen(): Promise<void> {
    const { config, controls, log } = this.#options;
    const store = this.#store;
    const file = archiveFile(config);
    // Deno has no such sockets on Windows.
    if (file === undefined || store === undefined || store.isMissing || Deno.build.os === "windows") return;
    const path = await realPath(file);
    this.#lent.defer(controls.add(compacting, async (_, asking) => {
      const compacted = await toolFor(config, "compact").tool(store, asking);
      log.info("compacted", "Free space of the database was given back to the disk", { ...compacted });
      return compacted;
    }));
    this.#lent.defer(controls.add(restoring, ({ file, messages }) => this.#restore(store, { path, file, messages })));
    try {
      this.#lent.use(await startControl(socketOf(path), { controls, log }));
    } catch (error) {
      const hint = "commands that change the archives want the service to be stopped";
      log.warn("commands-unavailable", "Commands cannot ask this service for anything", { error, hint });
    }
  }

  /** Commands that are under way end after their next step. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopping.abort();
    await this.#lent.disposeAsync();
  }

  async #restore(
    store: ReplaceableStore,
    { path, file, messages }: { path: string; file: string; messages: number },
  ): Promise<null> {
    const { config, log, replaced } = this.#options;
    const { tool, values } = toolFor(config, "restore");
    await store.replace(async () => {
      await tool.replace(values);
      replaced();
    }, () => this.#reopen());
    log.info("restored", "The archives were replaced by a backup", { path, file, messages });
    return null;
  }

  /** Messages wait until that works, unless the service is to stop. */
  async #reopen(): Promise<ArchiveStore> {
    const { config, log } = this.#options;
    const { signal } = this.#stopping;
    for (let attempt = 0;; attempt++) {
      try {
        return await openArchivesToImport(config, undefined, { displaced: this.#keeper?.displaced });
      } catch (error) {
        if (signal.aborted) throw error;
        if (attempt === 0) log.error("store-failed", "The archives cannot be opened again; messages wait", { error });
        await delay(RETRY, { signal }).catch(() => {});
      }
    }
  }
}
