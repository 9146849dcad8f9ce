import { DatabaseSync } from "node:sqlite";
import { realPath, statOf } from "../../lib/files.ts";
import { ArchiveStoreError } from "../error.ts";
import { failure } from "./failure.ts";
import { makeArchiveFile } from "./files.ts";

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
      if (!isTaken(cause)) throw failure("open", path, cause);
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

/** True when a process has an archive open to write it. */
export async function isInUse(path: string): Promise<boolean> {
  const file = `${await realPath(path)}-lock`;
  if (await statOf(file) === undefined) return false;
  try {
    Lock.take(path, file)[Symbol.dispose]();
    return false;
  } catch (error) {
    if (isTaken(error instanceof ArchiveStoreError ? error.cause : error)) return true;
    throw error;
  }
}

/** Takes the lock of an archive; it lies beside the database itself, whatever links lead there. */
export async function lockArchive(path: string): Promise<Lock> {
  const file = `${await realPath(path)}-lock`;
  await makeArchiveFile(file);
  return Lock.take(path, file);
}

function isTaken(error: unknown): boolean {
  return error instanceof Error && error.message.includes("database is locked");
}
