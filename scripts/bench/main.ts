/**
 * Measures: `deno task bench [--quick] [--only SCENARIO] [--json FILE]`.
 *
 * @module
 */
import { parseArgs } from "@std/cli/parse-args";
import { component } from "./component.ts";
import { ejabberdEndToEnd, prosodyEndToEnd } from "./end_to_end.ts";
import { report } from "./report.ts";
import type { Outcome, Scenario } from "./scenario.ts";
import { storeScenarios } from "./store.ts";

const SCENARIOS: readonly Scenario[] = [prosodyEndToEnd, ejabberdEndToEnd, component, ...storeScenarios];

const USAGE = `Usage: deno task bench [--quick] [--only SCENARIO] [--json FILE]

  --quick      fewer rounds and smaller loads
  --only       the scenarios whose name begins so; may be given more than once
  --json       write every value measured to a file

Scenarios:
${SCENARIOS.map(({ name, summary }) => `  ${name.padEnd(19)}  ${summary}`).join("\n")}
`;

async function bench(chosen: readonly Scenario[], quick: boolean): Promise<Record<string, Outcome>> {
  const outcomes: Record<string, Outcome> = {};
  for (const scenario of chosen) {
    print(`\n${scenario.name}: ${scenario.summary}\n`);
    const outcome = await scenario.run({ quick, say: (line) => print(`  ${line}\n`) });
    print(`\n${report(outcome)}\n`);
    outcomes[scenario.name] = outcome;
  }
  return outcomes;
}

function print(text: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(text));
}

function complain(text: string): never {
  Deno.stderr.writeSync(new TextEncoder().encode(`${text}\n\n${USAGE}`));
  Deno.exit(2);
}

const { quick, help, only, json } = parseArgs(Deno.args, {
  boolean: ["quick", "help"],
  string: ["only", "json"],
  collect: ["only"],
  unknown: (argument: string) => complain(`Unknown argument: ${argument}`),
});
if (help) {
  print(USAGE);
  Deno.exit(0);
}
for (const start of only) {
  if (!SCENARIOS.some(({ name }) => name.startsWith(start))) complain(`Unknown scenario: ${start}`);
}
const chosen = SCENARIOS.filter(({ name }) =>
  only.length === 0 || only.some((start: string) => name.startsWith(start))
);
const outcomes = await bench(chosen, quick);
if (json !== undefined) {
  const machine = { cpus: navigator.hardwareConcurrency, deno: Deno.version.deno, os: Deno.osRelease() };
  await Deno.writeTextFile(
    json,
    JSON.stringify({ time: new Date().toISOString(), quick, machine, outcomes }, undefined, 2),
  );
}
