/**
 * What became of what was read.
 *
 * @module
 */

/** How many of something are here now because of an import, and how many were already. */
export interface Outcome {
  taken: number;
  held: number;
}

/** Counts, while an import goes on and when it is over. */
export class Summary {
  /** In how many archives the messages are. */
  archives = 0;
  readonly messages: Outcome = { taken: 0, held: 0 };
  readonly preferences: Outcome = { taken: 0, held: 0 };
  /** What was not taken, by reason. */
  readonly skipped = new Map<string, number>();
  /** When the oldest message that was taken was received, in milliseconds since 1970; `Infinity` when there is none. */
  oldest = Infinity;

  skip(reason: string, count = 1): void {
    this.skipped.set(reason, (this.skipped.get(reason) ?? 0) + count);
  }

  /** How many things were read so far. */
  get read(): number {
    return this.skipped.values().reduce((sum, count) => sum + count, this.#here);
  }

  /** Whether there was something, and nothing of it could be taken. */
  get inVain(): boolean {
    return this.skipped.size > 0 && this.#here === 0;
  }

  /** How much of what was read is here, because of this import or not. */
  get #here(): number {
    const { messages, preferences } = this;
    return messages.taken + messages.held + preferences.taken + preferences.held;
  }
}
