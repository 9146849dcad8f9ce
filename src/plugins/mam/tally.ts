/** Counts by reason: what was stored, and why the rest was not. */
export class Tally {
  readonly #counts = new Map<string, number>();

  add(reason: string, by = 1): void {
    this.#counts.set(reason, (this.#counts.get(reason) ?? 0) + by);
  }

  /** Number of times that this was counted. */
  of(reason: string): number {
    return this.#counts.get(reason) ?? 0;
  }

  /** True when nothing was counted yet. */
  get isEmpty(): boolean {
    return this.#counts.size === 0;
  }

  /** Counts of what was not stored and need not be, by reason. */
  skipped(): Record<string, number> {
    return Object.fromEntries([...this.#counts].filter(([reason]) => reason !== "stored" && reason !== "lost"));
  }

  /** The counts so far, most first. */
  counts(): Record<string, number> {
    return Object.fromEntries([...this.#counts].sort(([, a], [, b]) => b - a));
  }
}
