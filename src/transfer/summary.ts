/**
 * Counts of an import.
 *
 * @module
 */

/** Counts of one kind: added by an import, and there already. */
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
  /** Items that were not taken, by reason. */
  readonly skipped = new Map<string, number>();
  /** When the oldest message that was taken was received, in milliseconds since 1970; `Infinity` when there is none. */
  oldest = Infinity;

  skip(reason: string, count = 1): void {
    this.skipped.set(reason, (this.skipped.get(reason) ?? 0) + count);
  }

  /** Number of items read so far. */
  get read(): number {
    return this.skipped.values().reduce((sum, count) => sum + count, this.#here);
  }

  /** True when there were items, and none of them could be taken. */
  get inVain(): boolean {
    return this.skipped.size > 0 && this.#here === 0;
  }

  /** Number of the items read that the archive has, from this import or an earlier one. */
  get #here(): number {
    const { messages, preferences } = this;
    return messages.taken + messages.held + preferences.taken + preferences.held;
  }
}
