/**
 * Measures: `deno task bench [--quick] [--only SCENARIO] [--json FILE]`, and `--markdown FILE` for docs/benchmarks.md.
 *
 * @module
 */
import { parseArgs } from "@std/cli/parse-args";
import { ServerUnavailable } from "../../tests/support/servers/install.ts";
import { component } from "./component.ts";
import { ejabberdEndToEnd, prosodyEndToEnd } from "./end_to_end.ts";
import { markdown } from "./markdown.ts";
import { postgresqlScenarios } from "./postgresql/mod.ts";
import { Progress } from "./progress.ts";
import { report, reportTargets } from "./report.ts";
import { rooms } from "./rooms.ts";
import { readRun, runOf } from "./run.ts";
import type { Failure, Outcome, Scenario } from "./scenario.ts";
import { storeMonth } from "./store_month.ts";
import { storePages } from "./store_pages.ts";
import { storeSweep } from "./store_sweep.ts";
import { storeWrites } from "./store_writes.ts";
import { transfer } from "./transfer.ts";

const SCENARIOS: readonly Scenario[] = [
  prosodyEndToEnd,
  ejabberdEndToEnd,
  rooms,
  component,
  storeWrites,
  storePages,
  storeSweep,
  storeMonth,
  ...postgresqlScenarios,
  transfer,
];

const USAGE = `Usage: deno task bench [--quick] [--only SCENARIO] [--json FILE]
       deno task bench --markdown FILE

  --quick      fewer rounds and smaller loads: some minutes, where all takes up to three quarters of an hour
  --only       the scenarios whose name begins so; may be given more than once
  --json       write every value measured to a file, after each scenario
  --markdown   print what docs/benchmarks.md shows of such a file; nothing is measured

Scenarios:
${SCENARIOS.map(({ name, summary }) => `  ${name.padEnd(19)}  ${summary}`).join("\n")}
`;

/** Scenarios to run, and how. */
interface Order {
  readonly chosen: readonly Scenario[];
  readonly quick: boolean;
  readonly json: string | undefined;
}

/** Exit code of a run that was interrupted: what shells give for SIGINT. */
const INTERRUPTED = 130;

const progress = new Progress();
const interrupted = new AbortController();

/** Runs one scenario after the other; what one of them cannot do keeps no other from running. Returns whether all went well. */
async function bench({ chosen, quick, json }: Order): Promise<boolean> {
  const begun = new Date();
  const outcomes: Record<string, Outcome | Failure> = {};
  let well = true;
  for (const [index, { name, summary, run }] of chosen.entries()) {
    progress.print(`\n${name}: ${summary}\n`);
    const place = `${name} (${index + 1} of ${chosen.length})`;
    try {
      const outcome = await run({ quick, say: (line) => say(`${place}: ${line}`) });
      progress.print(`\n${report(outcome)}`);
      outcomes[name] = outcome;
    } catch (error) {
      if (interrupted.signal.aborted) Deno.exit(INTERRUPTED);
      // A server that cannot be had here is no fault.
      well &&= error instanceof ServerUnavailable;
      const failure = error instanceof Error ? error.message : String(error);
      progress.print(`\n${name} could not run: ${error instanceof ServerUnavailable ? failure : Deno.inspect(error)}`);
      outcomes[name] = { failure };
    }
    const record = runOf(begun, quick, outcomes);
    if (json !== undefined) await Deno.writeTextFile(json, `${JSON.stringify(record, undefined, 2)}\n`);
    if (index === chosen.length - 1) progress.print(`\n${reportTargets(record.targets)}`);
  }
  return well;
}

/** Tells what goes on; where that is not wanted any longer, the scenario that tells it ends what it has started. */
function say(line: string): void {
  interrupted.signal.throwIfAborted();
  progress.say(line);
}

function complain(text: string): never {
  Deno.stderr.writeSync(new TextEncoder().encode(`${text}\n\n${USAGE}`));
  Deno.exit(2);
}

const { quick, help, only, ...files } = parseArgs(Deno.args, {
  boolean: ["quick", "help"],
  string: ["only", "json", "markdown"],
  collect: ["only"],
  unknown: (argument: string) => complain(`Unknown argument: ${argument}`),
});
if (help) {
  progress.print(USAGE);
} else if (files.markdown !== undefined) {
  progress.print(markdown(await readRun(files.markdown)));
} else {
  for (const start of only) {
    if (!SCENARIOS.some(({ name }) => name.startsWith(start))) complain(`Unknown scenario: ${start}`);
  }
  const chosen = SCENARIOS.filter(({ name }) =>
    only.length === 0 || only.some((start: string) => name.startsWith(start))
  );
  for (const signal of ["SIGINT", "SIGTERM"] as const) Deno.addSignalListener(signal, () => interrupted.abort());
  Deno.exit(await bench({ chosen, quick, json: files.json }) ? 0 : 1);
}
