import type { ArchiveReader, Extent, Filter, Page, Paging, Preferences, UnknownId, WholeEntry } from "../archive.ts";
import type { Chronicle, Due, StoreSize, Survey } from "../figures.ts";
import type { ArchiveId } from "../id.ts";
import { readChronicle } from "./chronicle.ts";
import { readCount } from "./count.ts";
import type { Source } from "./criteria.ts";
import { listDataKeys, listDataSpaces, readDatum } from "./data.ts";
import { failure } from "./failure.ts";
import { LIMITS, type Limits } from "./limits.ts";
import { listOwners } from "./owners.ts";
import { readExtent, readPage } from "./page.ts";
import { listPositions } from "./positions.ts";
import { readPreferences } from "./preferences.ts";
import type { Queries } from "./queries.ts";
import { readSize } from "./space.ts";
import { State } from "./state.ts";
import { surveyArchives, surveyDue } from "./survey.ts";
import { walkEntries } from "./walk.ts";

/** Archives on disk that another process may be writing. */
export class SqliteReader implements ArchiveReader {
  protected readonly queries: Queries;
  protected readonly path: string;

  constructor(queries: Queries, path: string) {
    this.queries = queries;
    this.path = path;
  }

  get size(): StoreSize {
    return readSize(this.queries, this.path);
  }

  get sweptAt(): number {
    return this.state.swept;
  }

  get newestNumber(): number {
    return this.state.newest;
  }

  async *entries(archive: string): AsyncGenerator<WholeEntry> {
    try {
      yield* walkEntries(this.queries, archive);
    } catch (error) {
      throw failure("read", this.path, error);
    }
  }

  owners(domain: string, after: string, limit: number): Promise<string[]> {
    return this.#read(({ queries }) => listOwners(queries, { domain, after, limit }));
  }

  positions(archive: string, after: number, limit: number): Promise<ArchiveId[]> {
    return this.#read(({ queries }) => listPositions(queries, archive, { after, limit }));
  }

  preferences(archive: string): Promise<Preferences | undefined> {
    return this.#read(({ queries }) => readPreferences(queries, archive));
  }

  datum(space: string, key: string): Promise<string | undefined> {
    return this.#read(({ queries }) => readDatum(queries, space, key));
  }

  dataKeys(space: string, after: string, limit: number): Promise<string[]> {
    return this.#read(({ queries }) => listDataKeys(queries, space, { after, limit }));
  }

  dataSpaces(): Promise<string[]> {
    return this.#read(({ queries }) => listDataSpaces(queries));
  }

  page(archive: string, filter: Filter, paging: Paging): Promise<Page | UnknownId> {
    return this.#read((source) => readPage(source, archive, { filter, paging }));
  }

  count(archive: string, filter: Filter): Promise<number | UnknownId> {
    return this.#read((source) => readCount(source, archive, filter));
  }

  extent(archive: string): Promise<Extent | undefined> {
    return this.#read((source) => readExtent(source, archive));
  }

  survey(): Promise<Survey> {
    return this.#read(({ queries }) => surveyArchives(queries));
  }

  due(before: number, keep: number): Promise<Due> {
    return this.#read(({ queries }) => surveyDue(queries, before, keep));
  }

  chronicle(): Promise<Chronicle> {
    return this.#read(({ queries }) => readChronicle(queries));
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.queries.db.close();
    return Promise.resolve();
  }

  /** State at the moment. */
  protected get state(): State {
    return new State(this.queries);
  }

  protected get limits(): Limits {
    return LIMITS;
  }

  /** Lets a question see one state of what others write, from the first statement to the last; who asks twice at once shares it. */
  protected async ask<T>(question: () => T | Promise<T>): Promise<T> {
    const { db } = this.queries;
    try {
      if (!db.isTransaction) db.exec("BEGIN");
      return await question();
    } finally {
      if (db.isTransaction) db.exec("COMMIT");
    }
  }

  async #read<T>(question: (source: Source) => T | Promise<T>): Promise<T> {
    try {
      return await this.ask(() => question({ queries: this.queries, state: this.state, limits: this.limits }));
    } catch (error) {
      throw failure("read", this.path, error);
    }
  }
}
