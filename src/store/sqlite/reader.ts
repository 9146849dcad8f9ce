import type { DatabaseSync } from "node:sqlite";
import type {
  ArchiveReader,
  Chronicle,
  Due,
  Extent,
  Filter,
  Page,
  Paging,
  Preferences,
  StoreSize,
  Survey,
  UnknownId,
  WholeEntry,
} from "../archive.ts";
import { ChronicleReader } from "./chronicle.ts";
import { failure } from "./failure.ts";
import { LIMITS } from "./limits.ts";
import { Owners } from "./owners.ts";
import { PreferenceReader } from "./preferences.ts";
import { Read } from "./read.ts";
import { Size } from "./size.ts";
import { State } from "./state.ts";
import { SurveyQuery } from "./survey.ts";
import { Walk } from "./walk.ts";

/** Archives that another process may be writing. */
export class SqliteReader implements ArchiveReader {
  readonly #db: DatabaseSync;
  readonly #path: string;
  readonly #owners: Owners;
  readonly #walk: Walk;
  readonly #preferences: PreferenceReader;
  readonly #size: Size;
  readonly #survey: SurveyQuery;
  readonly #chronicle: ChronicleReader;

  constructor(db: DatabaseSync, path: string) {
    this.#db = db;
    this.#path = path;
    this.#owners = new Owners(db);
    this.#walk = new Walk(db, path);
    this.#preferences = new PreferenceReader(db);
    this.#size = new Size(db, path);
    this.#survey = new SurveyQuery(db);
    this.#chronicle = new ChronicleReader(db);
  }

  get size(): StoreSize {
    return this.#size.read();
  }

  get sweptAt(): number {
    return new State(this.#db).swept;
  }

  get newestNumber(): number {
    return new State(this.#db).newest;
  }

  entries(archive: string): AsyncIterable<WholeEntry> {
    return this.#walk.entries(archive);
  }

  owners(domain: string, after: string, limit: number): Promise<string[]> {
    return this.#reading(() => this.#owners.list(domain, after, limit));
  }

  preferences(archive: string): Promise<Preferences | undefined> {
    return this.#reading(() => this.#preferences.get(archive));
  }

  page(archive: string, filter: Filter, paging: Paging): Promise<Page | UnknownId> {
    return this.#reading((read) => read.page(archive, filter, paging));
  }

  count(archive: string, filter: Filter): Promise<number | UnknownId> {
    return this.#reading((read) => read.count(archive, filter));
  }

  extent(archive: string): Promise<Extent | undefined> {
    return this.#reading((read) => read.extent(archive));
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

  [Symbol.asyncDispose](): Promise<void> {
    this.#db.close();
    return Promise.resolve();
  }

  /** Sees one state of what others write, from the first statement to the last; who asks twice at once shares it. */
  async #reading<T>(work: (read: Read) => T | Promise<T>): Promise<T> {
    try {
      if (!this.#db.isTransaction) this.#db.exec("BEGIN");
      return await work(new Read(this.#db, new State(this.#db), LIMITS));
    } catch (error) {
      throw failure("read", this.#path, error);
    } finally {
      if (this.#db.isTransaction) this.#db.exec("COMMIT");
    }
  }
}
