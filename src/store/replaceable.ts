import type {
  Adoption,
  ArchiveStore,
  DatumChange,
  Expired,
  Extent,
  Filter,
  Forgetting,
  NewMessage,
  Page,
  Paging,
  Preferences,
  StoreFiles,
  UnknownId,
  WholeEntry,
} from "./archive.ts";
import type { Chronicle, Due, Happening, StoreSize, Survey } from "./figures.ts";
import type { ArchiveId } from "./id.ts";

/**
 * A store that can be closed for a while and opened anew. Whoever uses it meanwhile waits, and notices nothing else of it. It
 * may also be one that could not be opened yet: until it can, whoever uses it gets the reason as an error.
 */
export class ReplaceableStore implements ArchiveStore {
  #store: ArchiveStore | undefined;
  /** Reason why there is no store. */
  #absence: unknown;
  #disposed = false;
  /** While it is closed: resolves when it is open again. */
  #closed: Promise<void> | undefined;
  /** Size at the time of closing. */
  #size: StoreSize = { database: 0, log: 0, free: 0 };
  /** Number of uses under way. */
  #using = 0;
  #unused = Promise.withResolvers<void>();
  #closing: () => Promise<void> = () => Promise.resolve();
  /** Files of the store that is open; without any, there is nothing to be done. */
  readonly #files: StoreFiles = {
    isInPlace: () => this.isOpen,
    salvage: (progress) => this.#use(async ({ files }) => await files?.salvage(progress)),
    giveBack: () => this.#use(async ({ files }) => await files?.giveBack() ?? 0),
    fold: () => this.#use(async ({ files }) => await files?.fold() ?? true),
  };

  /** Without a store, `absence` is the reason. */
  constructor(store: ArchiveStore | undefined, absence?: unknown) {
    this.#store = store;
    this.#absence = absence;
  }

  /** True when there is a store, and its files are in their places. Throws where that cannot be seen. */
  get isOpen(): boolean {
    return this.#closed !== undefined || this.#store !== undefined && (this.#store.files?.isInPlace() ?? true);
  }

  /** Has this done before the store is closed for good, while it is still open. */
  beforeClosing(task: () => Promise<void>): void {
    this.#closing = task;
  }

  /** True until there is a store. */
  get isMissing(): boolean {
    return this.#store === undefined;
  }

  /** Puts a store where there was none. */
  async provide(store: ArchiveStore): Promise<void> {
    if (this.#disposed) await store[Symbol.asyncDispose]();
    else this.#store = store;
  }

  /**
   * Closes the store when nothing is under way any more, does the work, and goes on with the store that `open` opens, whatever
   * became of the work.
   */
  async replace(work: () => Promise<void>, open: () => Promise<ArchiveStore>): Promise<void> {
    while (this.#closed !== undefined) await this.#closed;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#noteSize();
    this.#closed = promise;
    try {
      if (this.#using > 0) await this.#unused.promise;
      try {
        await this.#store?.[Symbol.asyncDispose]();
        await work();
      } finally {
        this.#store = await open();
      }
    } finally {
      this.#closed = undefined;
      resolve();
    }
  }

  get description(): string {
    return this.#store?.description ?? "not open";
  }

  get shared(): boolean {
    return this.#store?.shared ?? false;
  }

  get files(): StoreFiles {
    return this.#files;
  }

  get size(): StoreSize {
    return this.#closed === undefined ? this.#store?.size ?? this.#size : this.#size;
  }

  get sweptAt(): number {
    return this.#store?.sweptAt ?? 0;
  }

  get newestNumber(): number {
    return this.#store?.newestNumber ?? 0;
  }

  append(batch: readonly NewMessage[]): Promise<number> {
    return this.#use((store) => store.append(batch));
  }

  adopt(archive: string, entries: readonly WholeEntry[], after?: string): Promise<Adoption> {
    return this.#use((store) => store.adopt(archive, entries, after));
  }

  expire(before: number, limit: number): Promise<Expired> {
    return this.#use((store) => store.expire(before, limit));
  }

  trim(keep: number, limit: number): Promise<Expired> {
    return this.#use((store) => store.trim(keep, limit));
  }

  noteSweep(time: number): Promise<void> {
    return this.#use((store) => store.noteSweep(time));
  }

  note(happening: Happening): Promise<void> {
    return this.#use((store) => store.note(happening));
  }

  forget(archive: string, ids: readonly string[], how?: Forgetting): Promise<number> {
    return this.#use((store) => store.forget(archive, ids, how));
  }

  rewrite(archive: string, id: string, stanza: string, how?: Forgetting): Promise<boolean> {
    return this.#use((store) => store.rewrite(archive, id, stanza, how));
  }

  deleteArchive(archive: string, how?: Forgetting): Promise<number> {
    return this.#use((store) => store.deleteArchive(archive, how));
  }

  setPreferences(archive: string, preferences: Preferences): Promise<void> {
    return this.#use((store) => store.setPreferences(archive, preferences));
  }

  owners(domain: string, after: string, limit: number): Promise<string[]> {
    return this.#use((store) => store.owners(domain, after, limit));
  }

  async *entries(archive: string): AsyncGenerator<WholeEntry> {
    while (this.#closed !== undefined) await this.#closed;
    this.#using++;
    try {
      yield* this.#present().entries(archive);
    } finally {
      this.#used();
    }
  }

  positions(archive: string, after: number, limit: number): Promise<ArchiveId[]> {
    return this.#use((store) => store.positions(archive, after, limit));
  }

  datum(space: string, key: string): Promise<string | undefined> {
    return this.#use((store) => store.datum(space, key));
  }

  dataKeys(space: string, after: string, limit: number): Promise<string[]> {
    return this.#use((store) => store.dataKeys(space, after, limit));
  }

  dataSpaces(): Promise<string[]> {
    return this.#use((store) => store.dataSpaces());
  }

  changeDatum(space: string, key: string, change: DatumChange): Promise<boolean> {
    return this.#use((store) => store.changeDatum(space, key, change));
  }

  preferences(archive: string): Promise<Preferences | undefined> {
    return this.#use((store) => store.preferences(archive));
  }

  page(archive: string, filter: Filter, paging: Paging): Promise<Page | UnknownId> {
    return this.#use((store) => store.page(archive, filter, paging));
  }

  count(archive: string, filter: Filter): Promise<number | UnknownId> {
    return this.#use((store) => store.count(archive, filter));
  }

  extent(archive: string): Promise<Extent | undefined> {
    return this.#use((store) => store.extent(archive));
  }

  survey(): Promise<Survey> {
    return this.#use((store) => store.survey());
  }

  due(before: number, keep: number): Promise<Due> {
    return this.#use((store) => store.due(before, keep));
  }

  chronicle(): Promise<Chronicle> {
    return this.#use((store) => store.chronicle());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    while (this.#closed !== undefined) await this.#closed;
    this.#disposed = true;
    await this.#closing();
    await this.#store?.[Symbol.asyncDispose]();
  }

  /** A store whose files are damaged cannot tell its size; it is replaced nonetheless. */
  #noteSize(): void {
    try {
      this.#size = this.size;
    } catch {
      // The size that was noted before stays.
    }
  }

  #present(): ArchiveStore {
    if (this.#store === undefined) throw this.#absence;
    return this.#store;
  }

  async #use<T>(work: (store: ArchiveStore) => Promise<T>): Promise<T> {
    while (this.#closed !== undefined) await this.#closed;
    this.#using++;
    try {
      return await work(this.#present());
    } finally {
      this.#used();
    }
  }

  #used(): void {
    if (--this.#using > 0) return;
    this.#unused.resolve();
    this.#unused = Promise.withResolvers();
  }
}
