import type { DatabaseSync } from "node:sqlite";
import type { ArchiveReader, Preferences, WholeEntry } from "../archive.ts";
import { Owners } from "./owners.ts";
import { PreferenceReader } from "./preferences.ts";
import { Walk } from "./walk.ts";

/** Archives that another process may be writing. */
export class SqliteReader implements ArchiveReader {
  readonly #db: DatabaseSync;
  readonly #owners: Owners;
  readonly #walk: Walk;
  readonly #preferences: PreferenceReader;

  constructor(db: DatabaseSync, path: string) {
    this.#db = db;
    this.#owners = new Owners(db);
    this.#walk = new Walk(db, path);
    this.#preferences = new PreferenceReader(db);
  }

  // deno-lint-ignore require-await -- what goes wrong must come as a rejection
  async owners(domain: string, after: string, limit: number): Promise<string[]> {
    return this.#owners.list(domain, after, limit);
  }

  entries(archive: string): AsyncIterable<WholeEntry> {
    return this.#walk.entries(archive);
  }

  // deno-lint-ignore require-await -- the same
  async preferences(archive: string): Promise<Preferences | undefined> {
    return this.#preferences.get(archive);
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#db.close();
    return Promise.resolve();
  }
}
