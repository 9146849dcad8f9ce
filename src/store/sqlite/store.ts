import type { DatabaseSync } from "node:sqlite";
import type {
  Adoption,
  ArchiveStore,
  Chronicle,
  Due,
  Expired,
  Extent,
  Filter,
  Happening,
  NewMessage,
  Page,
  Paging,
  Preferences,
  StoreSize,
  Survey,
  UnknownId,
  WholeEntry,
} from "../archive.ts";
import { checkMessage, checkWhole } from "../check.ts";
import { nextTurn } from "../next_turn.ts";
import { Adopt } from "./adopt.ts";
import { Append } from "./append.ts";
import type { Checkpoints } from "./checkpoints.ts";
import { ChronicleTable } from "./chronicle.ts";
import { Entries } from "./entries.ts";
import { Expire } from "./expire.ts";
import { failure } from "./failure.ts";
import { Forget } from "./forget.ts";
import type { Limits } from "./limits.ts";
import { Names } from "./names.ts";
import { Owners } from "./owners.ts";
import { Passage } from "./passage.ts";
import { PreferenceTable } from "./preferences.ts";
import { Prune } from "./prune.ts";
import { Read } from "./read.ts";
import { Release } from "./release.ts";
import { Remove } from "./remove.ts";
import { Settle } from "./settle.ts";
import { Shrink } from "./shrink.ts";
import { Size } from "./size.ts";
import { State } from "./state.ts";
import { SurveyQuery } from "./survey.ts";
import { Transactions } from "./transaction.ts";
import { Trim } from "./trim.ts";
import { Walk } from "./walk.ts";

/** What a store works with. */
export interface Connections {
  readonly path: string;
  readonly writer: DatabaseSync;
  readonly reader: DatabaseSync;
  readonly checkpoints: Checkpoints;
  /** Both connections and the lock, to be closed in the end. */
  readonly opened: DisposableStack;
}

/**
 * Archives in SQLite. What writes is one transaction, or several with turns of the event loop between; reads go through a
 * connection of their own.
 */
export class SqliteStore implements ArchiveStore {
  readonly description: string;
  readonly #connections: Connections;
  readonly #transactions: Transactions;
  readonly #state: State;
  readonly #names: Names;
  readonly #passage: Passage;
  readonly #append: Append;
  readonly #adopt: Adopt;
  readonly #settle: Settle;
  readonly #entries: Entries;
  readonly #chronicle: ChronicleTable;
  readonly #expire: Expire;
  readonly #forget: Forget;
  readonly #prune: Prune;
  readonly #remove: Remove;
  readonly #trim: Trim;
  readonly #shrink: Shrink;
  readonly #owners: Owners;
  readonly #preferences: PreferenceTable;
  readonly #read: Read;
  readonly #size: Size;
  readonly #survey: SurveyQuery;
  readonly #walk: Walk;

  constructor(connections: Connections, limits: Limits) {
    const { path, writer, reader } = connections;
    this.description = `sqlite ${path}`;
    this.#connections = connections;
    this.#transactions = new Transactions(writer);
    this.#state = new State(writer);
    this.#names = new Names(writer);
    this.#passage = new Passage();
    const kept = { names: this.#names, state: this.#state, passage: this.#passage };
    this.#append = new Append(writer, kept);
    this.#adopt = new Adopt(writer, kept);
    this.#settle = new Settle(writer, this.#state, limits);
    this.#entries = new Entries(writer, this.#state);
    this.#expire = new Expire(writer, new Release(writer, this.#state), this.#passage);
    this.#prune = new Prune(writer);
    this.#forget = new Forget(writer, this.#entries, this.#prune);
    this.#remove = new Remove(writer, this.#entries, this.#prune);
    this.#trim = new Trim(writer, this.#entries, this.#prune);
    this.#shrink = new Shrink(writer);
    this.#owners = new Owners(reader);
    this.#chronicle = new ChronicleTable(reader, writer);
    this.#survey = new SurveyQuery(reader);
    this.#preferences = new PreferenceTable(reader, writer);
    this.#read = new Read(reader, this.#state, limits);
    this.#size = new Size(reader, path);
    this.#walk = new Walk(reader, path);
  }

  get size(): StoreSize {
    return this.#size.read();
  }

  get newestNumber(): number {
    return this.#state.newest;
  }

  append(batch: readonly NewMessage[]): Promise<void> {
    return this.#write("append to", () => {
      batch.forEach(checkMessage);
      for (const message of batch) this.#append.add(message);
      this.#append.flush();
      this.#settle.run();
    });
  }

  adopt(archive: string, entries: readonly WholeEntry[], after?: string): Promise<Adoption> {
    return this.#write("import into", () => {
      entries.forEach(checkWhole);
      return this.#adopt.run(archive, entries, after);
    });
  }

  async expire(before: number, limit: number): Promise<Expired> {
    await this.#restingLog();
    return await this.#write("sweep", () => {
      const { entries, more } = this.#expire.run(before, limit);
      const pruned = this.#prune.run(limit);
      if (pruned > 0) this.#names.forget();
      this.#shrink.run();
      return { entries, more: more || pruned === limit };
    });
  }

  async trim(keep: number, limit: number): Promise<Expired> {
    await this.#restingLog();
    return await this.#write("sweep", () => {
      const trimmed = this.#trim.run(keep, limit);
      if (trimmed.entries > 0) this.#names.forget();
      this.#shrink.run();
      return trimmed;
    });
  }

  get sweptAt(): number {
    return this.#state.swept;
  }

  noteSweep(time: number): Promise<void> {
    return this.#write("sweep", () => {
      this.#state.swept = time;
    });
  }

  note(happening: Happening): Promise<void> {
    return this.#write("write the chronicle of", () => this.#chronicle.note(happening));
  }

  forget(archive: string, ids: readonly string[]): Promise<number> {
    return this.#write("delete from", () => {
      const entries = this.#forget.run(archive, ids);
      if (entries > 0) this.#names.forget();
      this.#shrink.run();
      return entries;
    });
  }

  async deleteArchive(archive: string): Promise<number> {
    let entries = 0;
    while (true) {
      const step = await this.#write("delete from", () => {
        const removed = this.#remove.run(archive);
        this.#names.forget();
        this.#shrink.run();
        return removed;
      });
      entries += step.entries;
      if (!step.more) return entries;
      await nextTurn();
    }
  }

  setPreferences(archive: string, preferences: Preferences): Promise<void> {
    return this.#write("write preferences to", () => this.#preferences.set(archive, preferences));
  }

  page(archive: string, filter: Filter, paging: Paging): Promise<Page | UnknownId> {
    return this.#reading(() => this.#read.page(archive, filter, paging));
  }

  count(archive: string, filter: Filter): Promise<number | UnknownId> {
    return this.#reading(() => this.#read.count(archive, filter));
  }

  extent(archive: string): Promise<Extent | undefined> {
    return this.#reading(() => this.#read.extent(archive));
  }

  survey(): Promise<Survey> {
    return this.#reading(() => this.#survey.survey());
  }

  due(before: number, keep: number): Promise<Due> {
    return this.#reading(() => this.#survey.due(before, keep));
  }

  chronicle(): Promise<Chronicle> {
    return this.#reading(() => this.#chronicle.read());
  }

  owners(domain: string, after: string, limit: number): Promise<string[]> {
    return this.#reading(() => this.#owners.list(domain, after, limit));
  }

  preferences(archive: string): Promise<Preferences | undefined> {
    return this.#reading(() => this.#preferences.get(archive));
  }

  entries(archive: string): AsyncIterable<WholeEntry> {
    return this.#walk.entries(archive);
  }

  /** Moves what the log holds into the database, and lets another process have it. */
  async [Symbol.asyncDispose](): Promise<void> {
    const { path, checkpoints, opened } = this.#connections;
    using _ = checkpoints;
    await checkpoints.finish();
    try {
      opened.dispose();
    } catch (error) {
      throw failure("close", path, error);
    }
  }

  /** A sweep has time: while the log is moved, disk and processor are left to those who have not. */
  #restingLog(): Promise<void> {
    return this.#connections.checkpoints.finish();
  }

  /** Does all of the work or none of it, in the database and in what is kept of it in memory. */
  async #write<T>(operation: string, work: () => T): Promise<T> {
    const { path, checkpoints } = this.#connections;
    while (checkpoints.pause !== undefined) await checkpoints.pause;
    const before = this.#state.values();
    let result: T;
    try {
      result = this.#transactions.run(() => {
        const done = work();
        this.#state.save();
        return done;
      });
    } catch (error) {
      this.#state.restore(before);
      this.#names.forget();
      this.#append.discard();
      this.#adopt.discard();
      this.#entries.discard();
      this.#passage.reset();
      this.#trim.discard();
      throw failure(operation, path, error);
    }
    checkpoints.committed();
    return result;
  }

  async #reading<T>(work: () => T | Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw failure("read", this.#connections.path, error);
    }
  }
}
