/** Upper bounds of the buckets, in seconds: from what memory answers to what somebody has given up waiting for. */
const SECONDS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** Counts of durations. */
export class Histogram {
  readonly #bounds: readonly number[];
  /** Number of values in each bucket and in none below it; the last is beyond all bounds. */
  readonly #counts: number[];
  #sum = 0;

  /** `bounds` are the greatest values of the buckets, in increasing order. */
  constructor(bounds: readonly number[] = SECONDS) {
    this.#bounds = bounds;
    this.#counts = new Array(bounds.length + 1).fill(0);
  }

  observe(value: number): void {
    let bucket = 0;
    while (value > (this.#bounds[bucket] ?? Infinity)) bucket++;
    this.#counts[bucket] = (this.#counts[bucket] ?? 0) + 1;
    this.#sum += value;
  }

  /** Observes how long some work takes, in seconds, whether it succeeds or not. */
  async time<T>(work: () => Promise<T>): Promise<T> {
    const began = performance.now();
    try {
      return await work();
    } finally {
      this.observe((performance.now() - began) / 1000);
    }
  }

  get sum(): number {
    return this.#sum;
  }

  get count(): number {
    return this.#counts.reduce((sum, count) => sum + count, 0);
  }

  /** For each bound, and for infinity, how many values are not greater. */
  buckets(): readonly (readonly [bound: number, count: number])[] {
    let count = 0;
    return this.#counts.map((own, bucket) => [this.#bounds[bucket] ?? Infinity, count += own]);
  }

  /** The least bound that this share (0 to 1) of the values does not exceed; `undefined` before the first value. */
  quantile(share: number): number | undefined {
    const { count } = this;
    if (count === 0) return undefined;
    return this.buckets().find(([, upTo]) => upTo >= share * count)?.[0];
  }
}
