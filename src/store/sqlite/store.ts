import type {
  Adoption,
  ArchiveStore,
  Expired,
  Forgetting,
  NewMessage,
  Preferences,
  StoreFiles,
  WholeEntry,
} from "../archive.ts";
import type { Happening } from "../figures.ts";
import { checkMessage, checkWhole } from "../check.ts";
import { firstNumberAt } from "../id.ts";
import { networkTurn } from "../../lib/next_turn.ts";
import { Adopt } from "./adopt.ts";
import { Append } from "./append.ts";
import type { Checkpoints } from "./checkpoints.ts";
import { Compact } from "./compact.ts";
import { ChronicleWriter } from "./chronicle.ts";
import { Displacement, type Watched } from "./displacement.ts";
import { Entries } from "./entries.ts";
import { Expire } from "./expire.ts";
import { failure } from "./failure.ts";
import { Forget } from "./forget.ts";
import type { Limits } from "./limits.ts";
import { Names } from "./names.ts";
import { Passage } from "./passage.ts";
import { PositionWriter } from "./positions.ts";
import { PreferenceWriter } from "./preferences.ts";
import { Prune } from "./prune.ts";
import { Query } from "./query.ts";
import { Read } from "./read.ts";
import { Reading } from "./reading.ts";
import { Release } from "./release.ts";
import { Remove } from "./remove.ts";
import { Settle } from "./settle.ts";
import { Shrink } from "./shrink.ts";
import { State } from "./state.ts";
import { Transactions } from "./transaction.ts";
import { Trim } from "./trim.ts";

/** Connections of a store. */
export interface Connections extends Watched {
  readonly checkpoints: Checkpoints;
  /** Both connections and the lock, to be closed in the end. */
  readonly opened: DisposableStack;
}

/**
 * Archives in SQLite. What writes is one transaction, or several with turns of the event loop between; reads go through a
 * connection of their own.
 */
export class SqliteStore extends Reading implements ArchiveStore, StoreFiles {
  readonly description: string;
  readonly shared = false;
  readonly files: StoreFiles = this;
  readonly #connections: Connections;
  readonly #transactions: Transactions;
  readonly #state: State;
  readonly #names: Names;
  readonly #passage: Passage;
  readonly #append: Append;
  readonly #adopt: Adopt;
  readonly #settle: Settle;
  readonly #entries: Entries;
  readonly #chronicle: ChronicleWriter;
  readonly #expire: Expire;
  readonly #forget: Forget;
  readonly #prune: Prune;
  readonly #remove: Remove;
  readonly #trim: Trim;
  readonly #shrink: Shrink;
  readonly #compact: Compact;
  readonly #fold: Query<{ busy: 0 | 1 }>;
  readonly #positions: PositionWriter;
  readonly #preferences: PreferenceWriter;
  readonly #read: Read;
  readonly #displacement: Displacement;

  constructor(connections: Connections, limits: Limits) {
    const { path, writer, reader } = connections;
    super(reader, path);
    this.description = `sqlite ${path}`;
    this.#connections = connections;
    this.#displacement = new Displacement(connections);
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
    this.#compact = new Compact(writer);
    this.#fold = new Query(writer, "PRAGMA wal_checkpoint(TRUNCATE)");
    this.#chronicle = new ChronicleWriter(writer);
    this.#positions = new PositionWriter(writer);
    this.#preferences = new PreferenceWriter(writer);
    this.#read = new Read(reader, this.#state, limits);
  }

  append(batch: readonly NewMessage[]): Promise<number> {
    return this.#write("append to", () => {
      batch.forEach(checkMessage);
      let kept = 0;
      for (const message of batch) if (this.#append.add(message)) kept++;
      this.#append.flush();
      this.#settle.run();
      return kept;
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
      const positions = this.#positions.expire(firstNumberAt(before), limit);
      return { entries, more: more || pruned === limit || positions === limit };
    });
  }

  async trim(keep: number, limit: number): Promise<Expired> {
    await this.#restingLog();
    return await this.#write("sweep", () => {
      const trimmed = this.#trim.run(keep, limit);
      if (trimmed.entries > 0) this.#names.forget();
      this.#shrink.run();
      const more = trimmed.more || this.#positions.trim(keep, limit) === limit;
      return { ...trimmed, more };
    });
  }

  noteSweep(time: number): Promise<void> {
    return this.#write("sweep", () => {
      this.#state.swept = time;
    });
  }

  note(happening: Happening): Promise<void> {
    return this.#write("write the chronicle of", () => this.#chronicle.note(happening));
  }

  forget(archive: string, ids: readonly string[], how?: Forgetting): Promise<number> {
    return this.#write("delete from", () => {
      const entries = this.#forget.run(archive, ids);
      this.#positions.forget(archive, ids);
      if (entries > 0) this.#names.forget();
      this.#shrink.run();
      return entries;
    }, how);
  }

  async deleteArchive(archive: string, how?: Forgetting): Promise<number> {
    let entries = 0;
    while (true) {
      const step = await this.#write("delete from", () => {
        const removed = this.#remove.run(archive);
        this.#names.forget();
        this.#shrink.run();
        return removed;
      }, how);
      entries += step.entries;
      if (!step.more) return entries;
      await networkTurn();
    }
  }

  setPreferences(archive: string, preferences: Preferences): Promise<void> {
    return this.#write("write preferences to", () => this.#preferences.set(archive, preferences));
  }

  async giveBack(): Promise<number> {
    await this.#restingLog();
    return await this.#write("compact", () => this.#compact.run());
  }

  async fold(): Promise<boolean> {
    const { path, checkpoints } = this.#connections;
    if (!this.isInPlace()) this.#displacement.refuse();
    await checkpoints.run();
    try {
      return this.#fold.get()?.busy === 0;
    } catch (error) {
      throw failure("write", path, error);
    }
  }

  isInPlace(): boolean {
    return this.#displacement.isInPlace();
  }

  async salvage(): Promise<string | undefined> {
    await this.#connections.checkpoints.finish();
    return await this.#displacement.salvage();
  }

  /** Moves what the log holds into the database, and lets another process have it. */
  async [Symbol.asyncDispose](): Promise<void> {
    const { path, checkpoints, opened } = this.#connections;
    using _ = checkpoints;
    await checkpoints.finish();
    await this.#displacement.settled();
    try {
      opened.dispose();
    } catch (error) {
      throw failure("close", path, error);
    }
  }

  protected get state(): State {
    return this.#state;
  }

  /** Reads have a connection of their own, on which nothing is written, and which keeps no transaction. */
  protected async ask<T>(question: (read: Read) => T | Promise<T>): Promise<T> {
    return await question(this.#read);
  }

  /** A sweep has time: while the log is moved, disk and processor are left to those who have not. */
  #restingLog(): Promise<void> {
    return this.#connections.checkpoints.finish();
  }

  /**
   * Does all of the work or none of it, in the database and in what is kept of it in memory. That the files are in their places
   * is looked at after the commit, which nobody has been told of yet.
   */
  async #write<T>(operation: string, work: () => T, { overwrite = false }: Forgetting = {}): Promise<T> {
    const { path, writer, checkpoints } = this.#connections;
    while (checkpoints.pause !== undefined) await checkpoints.pause;
    this.#displacement.refuse();
    const before = this.#state.values();
    let result: T;
    if (overwrite) writer.exec("PRAGMA secure_delete = ON");
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
    } finally {
      if (overwrite) writer.exec("PRAGMA secure_delete = FAST");
    }
    try {
      this.#displacement.lookLately();
    } catch (error) {
      throw failure(operation, path, error);
    }
    this.#displacement.refuse();
    checkpoints.committed();
    return result;
  }
}
