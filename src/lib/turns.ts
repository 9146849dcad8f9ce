/**
 * Turns, where everybody wants something at once.
 *
 * @module
 */

export interface TurnsOptions {
  /** Number of accounts served at the same time; of one account, one thing at a time. */
  readonly atOnce: number;
  /** Number of things that may be served or wait. */
  readonly most: number;
  /** The same of one account. */
  readonly mostOfOne: number;
}

/** Serves accounts side by side, and what one account wants one after the other, in order. */
export class Turns {
  readonly #options: TurnsOptions;
  /** For each account that is served or waits, how many of its wishes, and the end of the last of them. */
  readonly #accounts = new Map<string, { wishes: number; last: Promise<void> }>();
  readonly #waiting: (() => void)[] = [];
  #wishes = 0;
  #served = 0;

  constructor(options: TurnsOptions) {
    this.#options = options;
  }

  /** True when an account may want one thing more. */
  admits(account: string): boolean {
    const { most, mostOfOne } = this.#options;
    return this.#wishes < most && (this.#accounts.get(account)?.wishes ?? 0) < mostOfOne;
  }

  /** Does the work when it is the account's turn. */
  async take<T>(account: string, work: () => Promise<T>): Promise<T> {
    const line = this.#accounts.get(account) ?? { wishes: 0, last: Promise.resolve() };
    const { promise: done, resolve: leave } = Promise.withResolvers<void>();
    const before = line.last;
    this.#wishes++;
    line.wishes++;
    line.last = done;
    this.#accounts.set(account, line);
    try {
      await before;
      await this.#begin();
      return await work().finally(() => this.#end());
    } finally {
      leave();
      this.#wishes--;
      if (--line.wishes === 0) this.#accounts.delete(account);
    }
  }

  async #begin(): Promise<void> {
    if (this.#served < this.#options.atOnce) this.#served++;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  /** Ends a turn. The longest wait takes the place that becomes free. */
  #end(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#served--;
    else next();
  }
}
