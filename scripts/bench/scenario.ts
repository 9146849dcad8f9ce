/**
 * Scenarios of the benchmark, and their outcomes.
 *
 * A figure by itself says more about the machine than about the program. So every scenario measures several subjects
 * side by side, in alternating rounds, and what is reported first is the ratio to one of them, the baseline.
 *
 * @module
 */

/** A scenario: `deno task bench --only NAME`. */
export interface Scenario {
  readonly name: string;
  /** One line: what is measured. */
  readonly summary: string;
  run(options: BenchOptions): Promise<Outcome>;
}

export interface BenchOptions {
  /** Fewer rounds and smaller loads: to see that it works, not to quote. */
  readonly quick: boolean;
  /** Told about progress, in a line. */
  say(line: string): void;
}

/** Result of a scenario. */
export interface Outcome {
  /** The load, in words. */
  readonly load: string;
  /** The subject that the others are compared with. */
  readonly baseline: string;
  readonly series: readonly Series[];
}

/** One quantity of one subject, a value a round. */
export interface Series {
  /** Name of the quantity: the same for every subject that has it. */
  readonly quantity: string;
  /** `1/s`, `µs`, `ms`, `bytes`. */
  readonly unit: string;
  readonly subject: string;
  readonly values: readonly number[];
}

/** Instead of an outcome: why a scenario could not run. */
export interface Failure {
  readonly failure: string;
}

/** Result of each scenario, by name. */
export type Outcomes = Readonly<Record<string, Outcome | Failure>>;

/** The series of a quantity and a subject, where it was measured. */
export function seriesOf(
  outcome: Outcome | Failure | undefined,
  quantity: string,
  subject: string,
): Series | undefined {
  if (outcome === undefined || "failure" in outcome) return undefined;
  return outcome.series.find((series) => series.quantity === quantity && series.subject === subject);
}
