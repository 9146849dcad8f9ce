/**
 * The ids of the archives, some of them made here, others by modules inside servers.
 *
 * @module
 */
import { type ArchiveId, createIdGenerator } from "../../store/id.ts";

/** Makes ids whose numbers are greater than those of all others, wherever these were made. */
export class Ids {
  readonly #generate: () => ArchiveId;
  #newest: number;

  /** `newest` is the greatest number in the store. */
  constructor(newest: number) {
    this.#newest = newest;
    this.#generate = createIdGenerator({ newest, others: () => this.#newest });
  }

  /** The greatest number that any id had. */
  get newest(): number {
    return this.#newest;
  }

  next(): ArchiveId {
    const id = this.#generate();
    this.#newest = id.number;
    return id;
  }

  /** Takes note of an id that was made elsewhere. */
  saw({ number }: ArchiveId): void {
    this.#newest = Math.max(this.#newest, number);
  }
}
