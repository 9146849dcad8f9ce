/**
 * Medians with their spread.
 *
 * @module
 */

/** The middle of several values, and the ends. */
export interface Spread {
  readonly median: number;
  readonly least: number;
  readonly most: number;
}

/** @throws {RangeError} when there are no values */
export function spread(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b);
  const [least] = sorted;
  const most = sorted.at(-1);
  if (least === undefined || most === undefined) throw new RangeError("Cannot take the median of no values");
  return { median: percentile(sorted, 0.5), least, most };
}

/** The ratios of values that were measured in the same rounds. */
export function ratios(values: readonly number[], baseline: readonly number[]): number[] {
  return values.flatMap((value, round) => {
    const base = baseline[round];
    return base === undefined ? [] : [value / base];
  });
}

/** The value below which the fraction `p` of the sorted values lies, interpolated. */
export function percentile(sorted: readonly number[], p: number): number {
  const position = p * (sorted.length - 1);
  const below = sorted[Math.floor(position)] ?? NaN;
  const above = sorted[Math.ceil(position)] ?? NaN;
  return below + (above - below) * (position - Math.floor(position));
}
