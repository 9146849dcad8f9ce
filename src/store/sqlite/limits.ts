import { networkTurn } from "../../lib/next_turn.ts";

/** Amounts that are done at once. Tests set them low, to meet the edges. */
export interface Limits {
  /** Entries that `recent` may hold: more would cost more than they save, as each batch rewrites most of its pages. */
  readonly recentEntries: number;
  /** Entries that move on from `recent` in one step: some milliseconds. */
  readonly settledEntries: number;
  /** Entries that one statement walks over, at most: some milliseconds. */
  readonly walkedEntries: number;
  /** Milliseconds that a query may go on before it lets other work go first. */
  readonly stepMilliseconds: number;
}

export const LIMITS: Limits = {
  recentEntries: 16_384,
  settledEntries: 1024,
  walkedEntries: 16_384,
  stepMilliseconds: 2,
};

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
