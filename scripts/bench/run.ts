/**
 * Record of a run, as JSON.
 *
 * @module
 */
import type { Outcomes } from "./scenario.ts";
import { judge, type Judgement } from "./targets.ts";

/** Everything that was measured, and where. */
export interface Run {
  /** When it began, as XEP-0082 writes it. */
  readonly time: string;
  readonly quick: boolean;
  readonly machine: { readonly cpus: number; readonly deno: string; readonly os: string };
  readonly outcomes: Outcomes;
  readonly targets: readonly Judgement[];
}

/** A run on this machine. */
export function runOf(time: Date, quick: boolean, outcomes: Outcomes): Run {
  const machine = { cpus: navigator.hardwareConcurrency, deno: Deno.version.deno, os: Deno.osRelease() };
  return { time: time.toISOString(), quick, machine, outcomes, targets: judge(outcomes) };
}

/** Reads what `--json` wrote. Throws when the file holds something else. */
export async function readRun(file: string): Promise<Run> {
  const run: Run = JSON.parse(await Deno.readTextFile(file));
  if (run.outcomes === undefined || run.targets === undefined) {
    throw new Error(`Cannot read "${file}": expected what "deno task bench --json" writes`);
  }
  return run;
}
