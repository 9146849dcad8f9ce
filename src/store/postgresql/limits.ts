import { NUMBERS_PER_MILLISECOND } from "../id.ts";

/** Sizes of steps. */
export interface Limits {
  /** Numbers in a partition. */
  readonly spanNumbers: number;
  /** Entries from which a partition is dropped rather than emptied: to drop it stops everybody for a moment. */
  readonly droppedEntries: number;
  /** Entries that one statement of a walk reads. */
  readonly walkedEntries: number;
}

/**
 * A partition holds a week. A page is one statement, for which the server looks at each partition that there is: with 2, 10,
 * 53 and 365 of them it takes 1, 0.9, 1.5 and 7.7 times as long.
 */
export const LIMITS: Limits = {
  spanNumbers: 7 * 86_400_000 * NUMBERS_PER_MILLISECOND,
  droppedEntries: 10_000,
  walkedEntries: 500,
};
