import { nextTurn } from "../next_turn.ts";

/** Milliseconds of work between two turns of the event loop. */
const STEP = 2;

/** Breaks long work into steps, between which whatever else waits goes first. */
export class Steps {
  #began = performance.now();

  /** To be awaited wherever the work can be left; returns at once unless the step has lasted long enough. */
  async pause(): Promise<void> {
    if (performance.now() - this.#began < STEP) return;
    await nextTurn();
    this.#began = performance.now();
  }
}
