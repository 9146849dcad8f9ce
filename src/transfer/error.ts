/**
 * Errors of files that cannot be read to their end.
 *
 * @module
 */

/** Place and kind of a mistake in a file. */
export interface TransferFailure {
  readonly path: string;
  /** Counted from 1; none where the file has no lines. */
  readonly line?: number;
  /** Text that names what was found and what is expected; it quotes nothing of a message. */
  readonly found: string;
}

/** A file, or its rest, cannot be read. What came before has been read. */
export class TransferError extends Error {
  override readonly name = "TransferError";

  constructor({ path, line, found }: TransferFailure, options?: ErrorOptions) {
    super(`Cannot read "${path}"${line === undefined ? "" : `, line ${line}`}: ${found}`, options);
  }
}
