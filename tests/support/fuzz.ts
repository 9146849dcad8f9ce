/**
 * Many inputs drawn at random by fast-check, which looks for a smaller input once one has failed.
 *
 * @module
 */
import fc from "fast-check";
import { Random, seedOf } from "./random.ts";

/** Trial of random inputs. */
export interface Trial<T> {
  /** Number of inputs; `ANNALS_FUZZ` multiplies it. */
  readonly inputs: number;
  readonly draw: (random: Random) => T;
  /** Throws when something is wrong. */
  readonly check: (input: T, random: Random) => void | Promise<void>;
  /** The input as text, for those who look for the fault. */
  readonly show: (input: T) => string;
}

/** Numbers that fast-check draws, and makes smaller in search of a smaller input. */
class Drawn extends Random {
  readonly #draw: fc.GeneratorValue;

  constructor(draw: fc.GeneratorValue) {
    super(0);
    this.#draw = draw;
  }

  override integer(min: number, max: number): number {
    return this.#draw(fc.integer, { min, max });
  }

  override bits(): number {
    return this.integer(0, 2 ** 32 - 1);
  }

  /** Smaller numbers mean no. */
  override chance(probability: number): boolean {
    return this.fraction() >= 1 - probability;
  }
}

/** Declares a test. One that fails shows the smallest input found, and the variables of the environment that repeat it. */
export function fuzz<T>(name: string, { inputs, draw, check, show }: Trial<T>): void {
  Deno.test(name, async () => {
    const numRuns = inputs * Number(Deno.env.get("ANNALS_FUZZ") ?? 1);
    const path = Deno.env.get("ANNALS_INPUT");
    const trial = fc.asyncProperty(fc.gen(), async (draws) => {
      const random = new Drawn(draws);
      const input = draw(random);
      try {
        await check(input, random);
      } catch (cause) {
        throw new Error(`Found a fault in ${show(input)}`, { cause });
      }
    });
    const options = {
      numRuns,
      seed: seedOf(name),
      unbiased: true,
      ...path !== undefined && { path, endOnFailure: true },
    };
    const { failed, counterexamplePath, seed, errorInstance: cause } = await fc.check(trial, options);
    // The rest of the path is of the smaller inputs, which are not drawn again the same.
    const [number] = counterexamplePath?.split(":") ?? [];
    if (failed) {
      throw new Error(`Found a fault, which comes again with ANNALS_SEED=${seed} ANNALS_INPUT=${number}`, { cause });
    }
  });
}
