/**
 * Work that is done one piece after the other.
 *
 * @module
 */

/** Does each piece of work when those before it have ended, well or not. */
export class Chain {
  #last: Promise<unknown> = Promise.resolve();

  /** Does the work in its turn. */
  add<T>(work: () => T | Promise<T>): Promise<T> {
    const done = this.#last.then(work);
    this.#last = done.catch(() => {});
    return done;
  }

  /** Resolves when all work that was added has ended. */
  async settled(): Promise<void> {
    await this.#last;
  }
}
