/**
 * Chains of work, one for each key that has some.
 *
 * @module
 */
import { Chain } from "./chain.ts";

/** Does what belongs to one key one after the other, and what belongs to several side by side. */
export class Chains {
  readonly #chains = new Map<string, { readonly chain: Chain; left: number }>();

  /** Number of keys that have work. */
  get size(): number {
    return this.#chains.size;
  }

  /** Amount of work of a key that has not ended. */
  waiting(key: string): number {
    return this.#chains.get(key)?.left ?? 0;
  }

  has(key: string): boolean {
    return this.#chains.has(key);
  }

  /** Does the work when all that was added before with the same key has ended. */
  async add<T>(key: string, work: () => T | Promise<T>): Promise<T> {
    const held = this.#chains.get(key) ?? { chain: new Chain(), left: 0 };
    held.left++;
    this.#chains.set(key, held);
    try {
      return await held.chain.add(work);
    } finally {
      if (--held.left === 0) this.#chains.delete(key);
    }
  }

  /** Resolves when all work that a key has now has ended; all work of all keys where none is given. */
  async settled(key?: string): Promise<void> {
    const held = key === undefined ? [...this.#chains.values()] : [this.#chains.get(key)];
    await Promise.all(held.map((each) => each?.chain.settled()));
  }
}
