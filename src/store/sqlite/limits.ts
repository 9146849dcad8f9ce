/** How much is done at once. Tests set them low, to meet the edges. */
export interface Limits {
  /** Entries that `recent` may hold: more would cost more than they save, as each batch rewrites most of its pages. */
  readonly recentEntries: number;
  /** Entries that move on from `recent` in one step: some milliseconds. */
  readonly settledEntries: number;
  /** Entries that one statement walks over, at most: some milliseconds. */
  readonly walkedEntries: number;
  /** Messages that a step of a sweep looks at beyond those that it may take: some may be younger than their number says. */
  readonly sparedMessages: number;
}

export const LIMITS: Limits = {
  recentEntries: 16_384,
  settledEntries: 1024,
  walkedEntries: 16_384,
  sparedMessages: 1000,
};
