import type { DatabaseSync } from "node:sqlite";
import type { ArchiveReader, Extent, Filter, Page, Paging, Preferences, UnknownId, WholeEntry } from "../archive.ts";
import type { Chronicle, Due, StoreSize, Survey } from "../figures.ts";
import type { ArchiveId } from "../id.ts";
import { ChronicleReader } from "./chronicle.ts";
import { failure } from "./failure.ts";
import { Owners } from "./owners.ts";
import { PositionReader } from "./positions.ts";
import { PreferenceReader } from "./preferences.ts";
import type { Read } from "./read.ts";
import { Size } from "./size.ts";
import type { State } from "./state.ts";
import { SurveyQuery } from "./survey.ts";
import { Walk } from "./walk.ts";

/** Reads archives on disk, which this process or another writes. */
export abstract class Reading implements ArchiveReader {
  readonly #path: string;
  readonly #owners: Owners;
  readonly #walk: Walk;
  readonly #positions: PositionReader;
  readonly #preferences: PreferenceReader;
  readonly #size: Size;
  readonly #survey: SurveyQuery;
  readonly #chronicle: ChronicleReader;

  constructor(db: DatabaseSync, path: string) {
    this.#path = path;
    this.#owners = new Owners(db);
    this.#walk = new Walk(db, path);
    this.#positions = new PositionReader(db);
    this.#preferences = new PreferenceReader(db);
    this.#size = new Size(db, path);
    this.#survey = new SurveyQuery(db);
    this.#chronicle = new ChronicleReader(db);
  }

  /** State at the moment. */
  protected abstract get state(): State;

  /** Runs what is asked, which must see one state of the database from its first statement to its last. */
  protected abstract ask<T>(question: (read: Read) => T | Promise<T>): Promise<T>;

  abstract [Symbol.asyncDispose](): Promise<void>;

  get size(): StoreSize {
    return this.#size.read();
  }

  get sweptAt(): number {
    return this.state.swept;
  }

  get newestNumber(): number {
    return this.state.newest;
  }

  entries(archive: string): AsyncIterable<WholeEntry> {
    return this.#walk.entries(archive);
  }

  owners(domain: string, after: string, limit: number): Promise<string[]> {
    return this.#asked(() => this.#owners.list(domain, after, limit));
  }

  positions(archive: string, after: number, limit: number): Promise<ArchiveId[]> {
    return this.#asked(() => this.#positions.list(archive, after, limit));
  }

  preferences(archive: string): Promise<Preferences | undefined> {
    return this.#asked(() => this.#preferences.get(archive));
  }

  page(archive: string, filter: Filter, paging: Paging): Promise<Page | UnknownId> {
    return this.#asked((read) => read.page(archive, filter, paging));
  }

  count(archive: string, filter: Filter): Promise<number | UnknownId> {
    return this.#asked((read) => read.count(archive, filter));
  }

  extent(archive: string): Promise<Extent | undefined> {
    return this.#asked((read) => read.extent(archive));
  }

  survey(): Promise<Survey> {
    return this.#asked(() => this.#survey.survey());
  }

  due(before: number, keep: number): Promise<Due> {
    return this.#asked(() => this.#survey.due(before, keep));
  }

  chronicle(): Promise<Chronicle> {
    return this.#asked(() => this.#chronicle.read());
  }

  async #asked<T>(question: (read: Read) => T | Promise<T>): Promise<T> {
    try {
      return await this.ask(question);
    } catch (error) {
      throw failure("read", this.#path, error);
    }
  }
}
