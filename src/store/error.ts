/**
 * Errors of stores.
 *
 * @module
 */

/** Attempt of a store that failed, with what the operator can do about it. */
export interface ArchiveStoreFailure {
  /** A verb: `open`, `append to`, `read`. */
  readonly operation: string;
  readonly path: string;
  /** Fault without the operation and the path. */
  readonly found: string;
  /** Remedy; empty when nothing sensible can be said. */
  readonly hint: string;
  readonly cause?: unknown;
}

/** Error for a message that no store can ever keep; nothing of its batch is kept either. */
export class UnkeepableError extends Error {
  override readonly name = "UnkeepableError";
}

/** An archive on disk could not be opened, read or written. What was to be written is not written, not even in part. */
export class ArchiveStoreError extends Error {
  override readonly name: string = "ArchiveStoreError";
  readonly operation: string;
  readonly path: string;
  readonly hint: string;

  constructor({ operation, path, found, hint, cause }: ArchiveStoreFailure) {
    super(`Cannot ${operation} the archive "${path}": ${found}${hint && `; ${hint}`}`, { cause });
    this.operation = operation;
    this.path = path;
    this.hint = hint;
  }
}

/** There is no archive in a database yet; whoever opens it to write makes one. */
export class NoArchiveError extends ArchiveStoreError {
  override readonly name = "NoArchiveError";
}
