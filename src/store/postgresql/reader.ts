import type { ArchiveReader, Extent, Filter, Page, Paging, Preferences, UnknownId, WholeEntry } from "../archive.ts";
import type { Chronicle, Due, StoreSize, Survey } from "../figures.ts";
import type { ArchiveId } from "../id.ts";
import { readChronicle } from "./chronicle.ts";
import type { Database } from "./connection/database.ts";
import type { Queries } from "./connection/session.ts";
import { readCount } from "./count.ts";
import { listDataKeys, listDataSpaces, readDatum } from "./data.ts";
import type { Limits } from "./limits.ts";
import { listOwners } from "./owner.ts";
import { readExtent, readPage } from "./page.ts";
import { listPositions } from "./positions.ts";
import { PreferencesReader } from "./preferences.ts";
import type { Replicas } from "./replicas.ts";
import { type State, Watch } from "./state.ts";
import { surveyArchives, surveyDue } from "./survey.ts";
import { walkEntries } from "./walk.ts";

/** Connections that read. */
export interface ReadConnections {
  readonly reader: Database;
  readonly replicas: Replicas;
  /** All connections, to be closed in the end. */
  readonly opened: AsyncDisposableStack;
}

/** An opened database, and its use. */
export interface Opened {
  readonly state: State;
  readonly limits: Limits;
}

/** Archives in PostgreSQL that another process may be writing. */
export class PostgresqlReader implements ArchiveReader {
  readonly #connections: ReadConnections;
  readonly #limits: Limits;
  readonly #preferences: PreferencesReader;
  protected readonly watch: Watch;

  constructor(connections: ReadConnections, { state, limits }: Opened) {
    this.#connections = connections;
    this.#limits = limits;
    this.#preferences = new PreferencesReader(connections.reader);
    this.watch = new Watch(connections.reader, state);
  }

  get size(): StoreSize {
    return this.watch.state.size;
  }

  get sweptAt(): number {
    return this.watch.state.swept;
  }

  get newestNumber(): number {
    return this.watch.state.newest;
  }

  async *entries(archive: string): AsyncIterable<WholeEntry> {
    const queries: Queries = { query: (...statement) => this.#read((reader) => reader.query(...statement)) };
    yield* walkEntries(queries, archive, this.#limits.walkedEntries);
  }

  owners(domain: string, after: string, limit: number): Promise<string[]> {
    return this.#read((reader) => listOwners(reader, { domain, after, limit }));
  }

  positions(archive: string, after: number, limit: number): Promise<ArchiveId[]> {
    return this.#read((reader) => listPositions(reader, archive, { after, limit }));
  }

  preferences(archive: string): Promise<Preferences | undefined> {
    return this.#read(() => this.#preferences.read(archive));
  }

  datum(space: string, key: string): Promise<string | undefined> {
    return this.#read((reader) => readDatum(reader, space, key));
  }

  dataKeys(space: string, after: string, limit: number): Promise<string[]> {
    return this.#read((reader) => listDataKeys(reader, space, { after, limit }));
  }

  dataSpaces(): Promise<string[]> {
    return this.#read(listDataSpaces);
  }

  page(archive: string, filter: Filter, paging: Paging): Promise<Page | UnknownId> {
    return this.#read(async () => {
      const { answer, stable } = await this.#connections.replicas.ask(
        archive,
        (queries) => readPage(queries, archive, { filter, paging }),
      );
      return stable || "unknown" in answer ? answer : { ...answer, stable };
    });
  }

  count(archive: string, filter: Filter): Promise<number | UnknownId> {
    return this.#read(async () => {
      return (await this.#connections.replicas.ask(archive, (queries) => readCount(queries, archive, filter))).answer;
    });
  }

  extent(archive: string): Promise<Extent | undefined> {
    return this.#read(async () => {
      return (await this.#connections.replicas.ask(archive, (queries) => readExtent(queries, archive))).answer;
    });
  }

  survey(): Promise<Survey> {
    return this.#read(surveyArchives);
  }

  due(before: number, keep: number): Promise<Due> {
    return this.#read((reader) => surveyDue(reader, before, keep));
  }

  chronicle(): Promise<Chronicle> {
    return this.#read(readChronicle);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.watch.settled();
    await this.#connections.opened.disposeAsync();
  }

  #read<T>(question: (reader: Database) => Promise<T>): Promise<T> {
    const { reader } = this.#connections;
    return reader.attempt("read", () => question(reader));
  }
}
