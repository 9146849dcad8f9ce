/** Below every message: where the number of an entry is taken, its message is kept under one below it. */
const FIRST = Number.MIN_SAFE_INTEGER;

/** Place that work which goes on in steps has come to. It is not kept on disk: who begins again passes quickly over what was done. */
export class Cursor<T> {
  readonly #start: T;
  at: T;

  constructor(start: T) {
    this.#start = start;
    this.at = start;
  }

  discard(): void {
    this.at = this.#start;
  }
}

/** The place of a sweep. Whoever adds entries tells of them here, as the store has no other writer. */
export class ExpireCursor {
  /** The first number that stays; 0 while there is no sweep. */
  end = 0;
  /** The archives up to this one have nothing left below `end`. */
  archive = 0;
  /** Nor have the messages up to this one a holder below `end`. */
  message = FIRST;

  start(end: number): void {
    this.end = end;
    this.archive = 0;
    this.message = FIRST;
  }

  discard(): void {
    this.start(0);
  }

  /** An entry has been added: one behind the sweep, as an import may have them, sends it back. */
  added(archive: number, { number, message }: { number: number; message: number }): void {
    if (number >= this.end) return;
    this.archive = Math.min(this.archive, archive - 1);
    this.message = Math.min(this.message, message - 1);
  }
}
