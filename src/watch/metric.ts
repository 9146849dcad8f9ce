/**
 * Metrics: facts that somebody keeps anyway, read when an operator looks. Nothing is counted for the sake of being
 * watched, but for times, which are gone when nobody takes them.
 *
 * @module
 */
import type { Histogram } from "./histogram.ts";

/** Name and help text of a metric. */
export interface About {
  /**
   * Unique: `annals_` and words of lower-case letters, with the unit (`seconds`, `bytes`) as the last one. That of a counter
   * gets `_total` behind it where it is shown.
   */
  readonly name: string;
  /** One line. */
  readonly help: string;
}

/** A number, or one for each value of a label. No value may name a person, and there may be few of them only. */
export type Reading =
  | { readonly read: () => number }
  | { readonly label: string; readonly read: () => Readonly<Record<string, number>> };

/** A metric, as it is registered. */
export type Metric =
  | About & { readonly type: "counter" | "gauge" } & Reading
  | About & { readonly type: "histogram"; readonly histogram: Histogram };

/** Registry where a plugin adds metrics. */
export interface Meter {
  /** Adds a count that only grows, from 0 at the start. */
  counter(metric: About & Reading): void;
  /** Adds a value that goes up and down. */
  gauge(metric: About & Reading): void;
  /** Adds durations: makes a histogram where none is given. */
  histogram(about: About, histogram?: Histogram): Histogram;
}
