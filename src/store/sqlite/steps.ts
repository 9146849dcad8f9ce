import { networkTurn } from "../../lib/next_turn.ts";
import type { Limits } from "./limits.ts";

/** Breaks long work into steps, between which whatever else waits goes first. */
export class Steps {
  readonly #milliseconds: number;
  #began = performance.now();

  constructor({ stepMilliseconds }: Limits) {
    this.#milliseconds = stepMilliseconds;
  }

  /** To be awaited wherever the work can be left; returns at once unless the step has lasted long enough. */
  async pause(): Promise<void> {
    if (performance.now() - this.#began < this.#milliseconds) return;
    await networkTurn();
    this.#began = performance.now();
  }
}
