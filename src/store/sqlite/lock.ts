import { DatabaseSync } from "node:sqlite";
import { ArchiveStoreError } from "../error.ts";
import { failure } from "./failure.ts";
import { keepPrivate, realPath } from "./files.ts";

/**
 * Keeps a second process from writing the same archive: a transaction held for good on a small database beside it, so that
 * the lock goes with the process however that ends, and reading the archive itself stays open to all.
 */
export class Lock implements Disposable {
  readonly #db: DatabaseSync;

  private constructor(db: DatabaseSync) {
    this.#db = db;
  }

  /** `path` is the archive's, `file` that of the lock. Throws `ArchiveStoreError` when another has it. */
  static take(path: string, file: string): Lock {
    let db: DatabaseSync | undefined;
    try {
      db = new DatabaseSync(file);
      db.exec("BEGIN EXCLUSIVE");
      return new Lock(db);
    } catch (cause) {
      db?.close();
      if (!(cause instanceof Error && cause.message.includes("database is locked"))) throw failure("open", path, cause);
      throw new ArchiveStoreError({
        operation: "open",
        path,
        found: "another process has it open",
        hint: "end that process (stop the service), or give this one another path",
        cause,
      });
    }
  }

  [Symbol.dispose](): void {
    this.#db.close();
  }
}

/** Takes the lock of an archive; it lies beside the database itself, whatever links lead there. */
export async function lockArchive(path: string): Promise<Lock> {
  const file = `${await realPath(path)}-lock`;
  await keepPrivate(file);
  return Lock.take(path, file);
}
