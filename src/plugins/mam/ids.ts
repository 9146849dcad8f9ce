/**
 * The ids of the archives, some of them made here, others by modules inside servers.
 *
 * @module
 */
import { type ArchiveId, createIdGenerator } from "../../store/id.ts";

/** Makes ids whose numbers are greater than those of all others, wherever these were made. */
export class Ids {
  readonly #generate: () => ArchiveId;
  readonly #store: () => number;
  #newest: number;

  /** `store` is the greatest number in the store at the moment: an import may bring a greater one. */
  constructor(store: () => number) {
    this.#store = store;
    this.#newest = store();
    this.#generate = createIdGenerator({ newest: this.#newest, others: () => this.newest });
  }

  /** The greatest number that any id had. */
  get newest(): number {
    return Math.max(this.#newest, this.#store());
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
