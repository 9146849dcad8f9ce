import type { DatabaseSync } from "node:sqlite";
import type { StoreSize } from "../figures.ts";
import { Query } from "./query.ts";
import { PAGE_SIZE } from "./schema.ts";

/** Says how much room a database takes; asks for no more than its first page and the lengths of its files. */
export class Size {
  readonly #path: string;
  readonly #free: Query<{ freelist_count: number }>;

  constructor(db: DatabaseSync, path: string) {
    this.#path = path;
    this.#free = new Query(db, "PRAGMA freelist_count");
  }

  read(): StoreSize {
    const free = (this.#free.get()?.freelist_count ?? 0) * PAGE_SIZE;
    return { database: bytesOf(this.#path), log: bytesOf(`${this.#path}-wal`), free };
  }
}

/** The length of a file; 0 when it is not there. */
export function bytesOf(path: string): number {
  try {
    return Deno.statSync(path).size;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return 0;
    throw error;
  }
}
