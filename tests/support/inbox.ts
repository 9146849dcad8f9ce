/**
 * Things that came and were not yet asked for.
 *
 * @module
 */

/** Keeps things in order of arrival until somebody takes them; whoever comes early waits. */
export class Inbox<T> {
  readonly #held: T[] = [];
  readonly #waiting = new Set<Waiting<T>>();
  #failure: Error | undefined;

  /** Things that were not taken yet. */
  get held(): readonly T[] {
    return this.#held;
  }

  put(thing: T): void {
    for (const waiting of this.#waiting) {
      if (waiting.offer(thing)) return;
    }
    this.#held.push(thing);
  }

  /** From here on nothing comes: those who wait fail. */
  close(failure: Error): void {
    this.#failure ??= failure;
    for (const waiting of this.#waiting) waiting.fail(this.#failure);
  }

  /**
   * Takes the first that matches, of those held or else of those to come.
   *
   * @param what completes "waited for …" in the error
   * @throws {Error} when none came within `timeout` milliseconds, or none can come any more
   */
  take(match: (thing: T) => boolean, what: string, timeout: number): Promise<T> {
    const index = this.#held.findIndex(match);
    const [found] = index < 0 ? [] : this.#held.splice(index, 1);
    if (found !== undefined) return Promise.resolve(found);
    return this.#wait(what, timeout, (thing, resolve) => {
      const matches = match(thing);
      if (matches) resolve(thing);
      return matches;
    });
  }

  /** Takes what matches and comes before the one that ends it, and that one. */
  collect(match: (thing: T) => boolean, end: (thing: T) => boolean, what: string, timeout: number): Promise<[T[], T]> {
    const collected: T[] = [];
    return this.#wait(what, timeout, (thing, resolve) => {
      if (end(thing)) {
        resolve([collected, thing]);
        return true;
      }
      const matches = match(thing);
      if (matches) collected.push(thing);
      return matches;
    });
  }

  /** Takes everything that is there. */
  drain(): T[] {
    return this.#held.splice(0);
  }

  #wait<R>(what: string, timeout: number, offer: (thing: T, resolve: (result: R) => void) => boolean): Promise<R> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    const { promise, resolve, reject } = Promise.withResolvers<R>();
    const waiting: Waiting<T> = {
      offer: (thing) =>
        offer(thing, (result) => {
          this.#waiting.delete(waiting);
          resolve(result);
        }),
      fail: reject,
    };
    this.#waiting.add(waiting);
    const timer = setTimeout(() => reject(new Error(`Waited ${timeout} ms for ${what}, in vain`)), timeout);
    return promise.finally(() => {
      clearTimeout(timer);
      this.#waiting.delete(waiting);
    });
  }
}

interface Waiting<T> {
  /** Reports whether it wants the thing. */
  offer(thing: T): boolean;
  fail(error: Error): void;
}
