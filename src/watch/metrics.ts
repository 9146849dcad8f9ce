/**
 * Everything that can be watched.
 *
 * Written here rather than taken from prom-client, which would make the executable 3 MB larger, take 23 MB of memory and 0.2 s
 * at the start, and count once more what Annals has counted already: what is needed of it is the text format.
 *
 * @module
 */
import { Histogram } from "./histogram.ts";
import type { Meter, Metric } from "./metric.ts";

/** Values of one label that are told apart: a plugin's carelessness must not fill somebody's database. */
const MOST_VALUES = 50;

/** The value of the label under which the rest is summed up. */
const REST = "other";

/** The metrics of one Annals. */
export class Metrics {
  readonly #metrics = new Map<string, Metric>();

  /** Registers a metric; returns what undoes it. Throws where the name is taken, or is none. */
  add(metric: Metric): () => void {
    const { name } = metric;
    if (!/^[a-z][a-z0-9]*(_[a-z0-9]+)+$/.test(name)) {
      throw new RangeError(`Cannot register the metric "${name}": expected words of lower-case letters, joined by "_"`);
    }
    if (this.#metrics.has(name)) throw new Error(`Cannot register the metric "${name}": there is one of that name`);
    this.#metrics.set(name, metric);
    return () => this.#metrics.delete(name);
  }

  /** All of them, in the order in which they were registered. */
  [Symbol.iterator](): Iterator<Metric> {
    return this.#metrics.values();
  }

  /** Returns a metric's value; of a histogram, the number of values. 0 where there is none of that name. */
  value(name: string): number {
    return [...this.values(name).values()].reduce((sum, value) => sum + value, 0);
  }

  /** The same for each value of its label; `""` where it has none. */
  values(name: string): ReadonlyMap<string, number> {
    const metric = this.#metrics.get(name);
    if (metric === undefined) return new Map();
    return metric.type === "histogram" ? new Map([["", metric.histogram.count]]) : readingsOf(metric);
  }

  /** The time that this share (0 to 1) of what a histogram has seen did not exceed; `undefined` where it has seen nothing. */
  quantile(name: string, share: number): number | undefined {
    const metric = this.#metrics.get(name);
    return metric?.type === "histogram" ? metric.histogram.quantile(share) : undefined;
  }
}

/** Lends a meter; `keep` is given what takes away each metric that is registered on it. */
export function meterOn(metrics: Metrics, keep: (remove: () => void) => void): Meter {
  return {
    counter: (metric) => keep(metrics.add({ ...metric, type: "counter" })),
    gauge: (metric) => keep(metrics.add({ ...metric, type: "gauge" })),
    histogram(about, histogram = new Histogram()): Histogram {
      keep(metrics.add({ ...about, type: "histogram", histogram }));
      return histogram;
    },
  };
}

/** Readings of a counter or a gauge, by the value of its label; `""` where it has none. */
export function readingsOf(metric: Exclude<Metric, { type: "histogram" }>): ReadonlyMap<string, number> {
  if (!("label" in metric)) return new Map([["", metric.read()]]);
  const entries = Object.entries(metric.read());
  const [told, rest] = [entries.slice(0, MOST_VALUES), entries.slice(MOST_VALUES)];
  if (rest.length > 0) told.push([REST, rest.reduce((sum, [, value]) => sum + value, 0)]);
  return new Map(told);
}
