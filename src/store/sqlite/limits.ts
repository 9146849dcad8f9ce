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
