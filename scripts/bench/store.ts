/**
 * Measures the store by itself: `deno run -A scripts/bench/store.ts [--quick] [--json FILE]`.
 *
 * @module
 */
import { parseArgs } from "@std/cli/parse-args";
import { report } from "./report.ts";
import type { Outcome, Scenario } from "./scenario.ts";
import { storeMonth } from "./store_month.ts";
import { storePages } from "./store_pages.ts";
import { storeSweep } from "./store_sweep.ts";
import { storeWrites } from "./store_writes.ts";

export const storeScenarios: readonly Scenario[] = [storeWrites, storePages, storeSweep, storeMonth];

if (import.meta.main) {
  const { quick, json } = parseArgs(Deno.args, { boolean: ["quick"], string: ["json"] });
  const print = (text: string) => Deno.stdout.writeSync(new TextEncoder().encode(text));
  const outcomes: Record<string, Outcome> = {};
  for (const { name, summary, run } of storeScenarios) {
    print(`\n${name}: ${summary}\n`);
    const outcome = await run({ quick, say: (line) => print(`  ${line}\n`) });
    print(`\n${report(outcome)}\n`);
    outcomes[name] = outcome;
  }
  if (json !== undefined) await Deno.writeTextFile(json, JSON.stringify({ quick, outcomes }, undefined, 2));
}
