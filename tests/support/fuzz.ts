/**
 * Many inputs drawn at random, each of which can be tried again by itself.
 *
 * @module
 */
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

/** Declares a test. One that fails says with which variables of the environment its input comes again, alone. */
export function fuzz<T>(name: string, { inputs, draw, check, show }: Trial<T>): void {
  Deno.test(name, async () => {
    const seed = seedOf(name);
    const only = Deno.env.get("ANNALS_INPUT");
    const count = inputs * Number(Deno.env.get("ANNALS_FUZZ") ?? 1);
    const numbers = only === undefined ? Array.from({ length: count }, (_, i) => i) : [Number(only)];
    for (const number of numbers) {
      // Far apart, so that inputs have nothing in common.
      const random = new Random(seed + Math.imul(number, 0x632be5ab));
      const input = draw(random);
      try {
        await check(input, random);
      } catch (cause) {
        const again = `ANNALS_SEED=${seed} ANNALS_INPUT=${number}`;
        throw new Error(`Found a fault; it comes again with ${again}:\n${show(input)}`, { cause });
      }
    }
  });
}
