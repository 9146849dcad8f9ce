/**
 * Chance that can be repeated: tests that try things at random print their seed, and take it from `ANNALS_SEED`.
 *
 * @module
 */

/** Random numbers of which the seed decides each (SplitMix32). */
export class Random {
  #state: number;

  constructor(readonly seed: number) {
    this.#state = seed;
  }

  /** 32 random bits, as an integer. */
  bits(): number {
    this.#state = (this.#state + 0x9e3779b9) | 0;
    let mixed = this.#state ^ (this.#state >>> 16);
    mixed = Math.imul(mixed, 0x21f0aaad);
    mixed ^= mixed >>> 15;
    mixed = Math.imul(mixed, 0x735a2d97);
    return (mixed ^ (mixed >>> 15)) >>> 0;
  }

  /** At least 0, less than 1. */
  fraction(): number {
    return this.bits() / 2 ** 32;
  }

  /** An integer from `least` to `most`. */
  integer(least: number, most: number): number {
    return least + Math.floor(this.fraction() * (most - least + 1));
  }

  chance(probability: number): boolean {
    return this.fraction() < probability;
  }

  /** One of those, of which there must be some. */
  pick<T>(items: readonly T[]): T {
    const picked = items[this.integer(0, items.length - 1)];
    if (picked === undefined) throw new RangeError("Cannot pick one of nothing");
    return picked;
  }

  /** As many as `least` to `most`. */
  times<T>(least: number, most: number, make: () => T): T[] {
    return Array.from({ length: this.integer(least, most) }, make);
  }
}

/** The seed of a test, which is printed with it: `ANNALS_SEED`, or always the same, so that what passes goes on passing. */
export function seedOf(test: string): number {
  const seed = Number(Deno.env.get("ANNALS_SEED") ?? 1);
  print(`${test}: ANNALS_SEED=${seed}`);
  return seed;
}

/** Prints a line beside the outcome of the tests. */
export function print(line: string): void {
  Deno.stderr.writeSync(new TextEncoder().encode(`${line}\n`));
}
