import type {
  Adoption,
  ArchiveStore,
  DatumChange,
  Expired,
  Forgetting,
  NewMessage,
  Preferences,
  StoreFiles,
  WholeEntry,
} from "../archive.ts";
import type { Progressing } from "../back_end.ts";
import { checkDatum, checkMessage, checkStanza, checkWhole } from "../check.ts";
import type { Happening } from "../figures.ts";
import { networkTurn } from "../../lib/next_turn.ts";
import { adoptEntries } from "./adopt.ts";
import { appendBatch } from "./append.ts";
import type { Checkpoints } from "./checkpoints.ts";
import { writeChronicle } from "./chronicle.ts";
import { changeDatum } from "./data.ts";
import { Displacement, type Watched } from "./displacement.ts";
import { expire } from "./expire.ts";
import { failure } from "./failure.ts";
import { forgetEntries, forgetOwner } from "./forget.ts";
import type { Limits } from "./limits.ts";
import { writePreferences } from "./preferences.ts";
import { Queries } from "./queries.ts";
import { SqliteReader } from "./reader.ts";
import { rewriteEntry } from "./rewrite.ts";
import { giveBack, shrink } from "./space.ts";
import type { State } from "./state.ts";
import { trim } from "./trim.ts";
import { Writer } from "./writer.ts";

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
export class SqliteStore extends SqliteReader implements ArchiveStore, StoreFiles {
  readonly description: string;
  readonly shared = false;
  readonly files: StoreFiles = this;
  readonly #connections: Connections;
  readonly #writer: Writer;
  readonly #displacement: Displacement;

  constructor(connections: Connections, limits: Limits) {
    const { path, writer, reader } = connections;
    super(new Queries(reader), path);
    this.description = `sqlite ${path}`;
    this.#connections = connections;
    this.#writer = new Writer(writer, limits);
    this.#displacement = new Displacement(connections);
  }

  append(batch: readonly NewMessage[]): Promise<number> {
    return this.#write("append to", (writer) => {
      batch.forEach(checkMessage);
      return appendBatch(writer, batch);
    });
  }

  adopt(archive: string, entries: readonly WholeEntry[], after?: string): Promise<Adoption> {
    return this.#write("import into", (writer) => {
      entries.forEach(checkWhole);
      return adoptEntries(writer, archive, { entries, after });
    });
  }

  expire(before: number, limit: number): Promise<Expired> {
    return this.#sweep((writer) => expire(writer, before, limit));
  }

  trim(keep: number, limit: number): Promise<Expired> {
    return this.#sweep((writer) => trim(writer, keep, limit));
  }

  noteSweep(time: number): Promise<void> {
    return this.#write("sweep", ({ state }) => void (state.swept = time));
  }

  note(happening: Happening): Promise<void> {
    return this.#write("write the chronicle of", (writer) => writeChronicle(writer, happening));
  }

  forget(archive: string, ids: readonly string[], how?: Forgetting): Promise<number> {
    return this.#forget((writer) => forgetEntries(writer, archive, ids), how);
  }

  rewrite(archive: string, id: string, stanza: string, how?: Forgetting): Promise<boolean> {
    return this.#write("write to", (writer) => {
      checkStanza(stanza);
      return rewriteEntry(writer, archive, { id, stanza });
    }, how);
  }

  async deleteArchive(archive: string, how?: Forgetting): Promise<number> {
    let entries = 0;
    while (true) {
      const step = await this.#forget((writer) => forgetOwner(writer, archive), how);
      entries += step.entries;
      if (!step.more) return entries;
      await networkTurn();
    }
  }

  setPreferences(archive: string, preferences: Preferences): Promise<void> {
    return this.#write("write preferences to", (writer) => writePreferences(writer, archive, preferences));
  }

  changeDatum(space: string, key: string, change: DatumChange): Promise<boolean> {
    return this.#write("write data to", (writer) => {
      checkDatum(space, key, change);
      return changeDatum(writer, space, key, change);
    });
  }

  async giveBack(): Promise<number> {
    await this.#connections.checkpoints.finish();
    return await this.#write("compact", giveBack);
  }

  async fold(): Promise<boolean> {
    const { path, checkpoints } = this.#connections;
    if (!this.isInPlace()) this.#displacement.refuse();
    await checkpoints.run();
    try {
      return this.#writer.get<{ busy: 0 | 1 }>("PRAGMA wal_checkpoint(TRUNCATE)")?.busy === 0;
    } catch (error) {
      throw failure("write", path, error);
    }
  }

  isInPlace(): boolean {
    return this.#displacement.isInPlace();
  }

  async salvage(progress?: Progressing): Promise<string | undefined> {
    await this.#connections.checkpoints.finish();
    return await this.#displacement.salvage(progress);
  }

  /** Moves what the log holds into the database, and lets another process have it. */
  override async [Symbol.asyncDispose](): Promise<void> {
    const { path, checkpoints, log, opened } = this.#connections;
    using _checkpoints = checkpoints;
    using _log = log;
    await checkpoints.finish();
    await this.#displacement.settled();
    try {
      opened.dispose();
    } catch (error) {
      throw failure("close", path, error);
    }
  }

  protected override get state(): State {
    return this.#writer.state;
  }

  protected override get limits(): Limits {
    return this.#writer.limits;
  }

  /** Reads have a connection of their own, on which nothing is written, and which keeps no transaction. */
  protected override async ask<T>(question: () => T | Promise<T>): Promise<T> {
    return await question();
  }

  /** A sweep has time: while the log is moved, disk and processor are left to those who have not. */
  async #sweep(step: (writer: Writer) => Expired): Promise<Expired> {
    await this.#connections.checkpoints.finish();
    return await this.#write("sweep", (writer) => {
      const expired = step(writer);
      shrink(writer);
      return expired;
    });
  }

  #forget<T>(work: (writer: Writer) => T, how: Forgetting | undefined): Promise<T> {
    return this.#write("delete from", (writer) => {
      const result = work(writer);
      shrink(writer);
      return result;
    }, how);
  }

  /**
   * Does all of the work or none of it. That the files are in their places is looked at after the commit, which nobody has been
   * told of yet.
   */
  async #write<T>(operation: string, work: (writer: Writer) => T, how?: Forgetting): Promise<T> {
    const { path, checkpoints, log } = this.#connections;
    while (checkpoints.pause !== undefined) await checkpoints.pause;
    this.#displacement.refuse();
    let result: T;
    try {
      result = this.#writer.transaction(() => work(this.#writer), how);
      this.#displacement.lookLately();
    } catch (error) {
      if (this.#connections.writer.isOpen) this.#displacement.lookAfterError();
      throw failure(operation, path, error);
    }
    this.#displacement.refuse();
    checkpoints.committed(log.frames);
    return result;
  }
}
