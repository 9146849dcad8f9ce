/**
 * Shows that Annals stays as it is over time: `deno run -A scripts/soak.ts [--minutes N] [--postgresql] [--json FILE]`.
 *
 * Twenty people talk, scroll back and change their preferences on a real Prosody, while what they said is soon forgotten
 * again. What Annals takes of the machine, and how long people wait, must be the same at the end as in the beginning.
 *
 * @module
 */
import { delay } from "@std/async/delay";
import { parseArgs } from "@std/cli/parse-args";
import { Annals } from "../tests/support/annals.ts";
import { Client } from "../tests/support/client.ts";
import { install } from "../tests/support/servers/install.ts";
import { startProsody } from "../tests/support/servers/prosody.ts";
import { type Minute, observe } from "./soak/minute.ts";
import { People } from "./soak/people.ts";
import { inFile, inPostgresql } from "./soak/place.ts";
import { judge, minuteRow, MINUTES_HEAD, verdictRows } from "./soak/verdict.ts";

const PEOPLE = 20;

/** A tenth of the time, so that most of it is spent with as much being forgotten as is stored. */
const KEPT = 1 / 10;

/** Exit code that a shell reports of a program that Ctrl-C ended: 128 + SIGINT. */
const INTERRUPTED = 130;

const USAGE = `Usage: deno run -A scripts/soak.ts [--minutes N] [--postgresql] [--json FILE]

  --minutes      how long, at least 3; default 30
  --postgresql   keep the archives in a PostgreSQL instead of a file
  --json         write what was observed to a file
`;

interface SoakOptions {
  readonly postgresql: boolean;
  readonly signal: AbortSignal;
}

async function soak(minutes: number, { postgresql, signal }: SoakOptions): Promise<readonly Minute[]> {
  for (const needed of ["Prosody", ...postgresql ? ["PostgreSQL"] as const : []] as const) {
    await install(needed, (line) => print(`${line}\n`));
  }
  const names = Array.from({ length: PEOPLE }, (_, i) => `user${i}`);
  await using server = await startProsody({ accounts: names });
  await using place = postgresql ? await inPostgresql() : inFile();
  await using annals = await Annals.launch(server.site, {
    config: {
      log: { level: "info" },
      storage: place.storage,
      archive_expires_after: Math.ceil(minutes * 60 * KEPT),
      archive_cleanup_interval: 60,
    },
  });
  await using clients = new AsyncDisposableStack();
  const people = new People(
    await Promise.all(names.map(async (name) => clients.use(await Client.login(server, name)))),
  );
  await using _ = people.begin();
  print(`${MINUTES_HEAD}\n`);
  const observed: Minute[] = [];
  const start = performance.now();
  for (let number = 1; number <= minutes; number++) {
    const awaited = await delay(start + number * 60_000 - performance.now(), { signal }).then(() => true, () => false);
    if (!awaited) break;
    const minute = await observe(number, { annals, place, told: people.tell() });
    observed.push(minute);
    print(`${minuteRow(minute)}\n`);
  }
  return observed;
}

function print(text: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(text));
}

const { minutes: wanted, postgresql, json, help } = parseArgs(Deno.args, {
  boolean: ["help", "postgresql"],
  string: ["minutes", "json"],
  default: { minutes: "30" },
});
const minutes = Number(wanted);
if (help || !Number.isInteger(minutes) || minutes < 3) {
  print(USAGE);
  Deno.exit(help ? 0 : 2);
}
const interrupted = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"] as const) Deno.addSignalListener(signal, () => interrupted.abort());
const observed = await soak(minutes, { postgresql, signal: interrupted.signal });
if (observed.length < 3) Deno.exit(INTERRUPTED);
const verdict = judge(observed);
const failures = observed.flatMap(({ failures }) => failures);
print(`\n${verdictRows(verdict)}\n\n${[...new Set(failures)].join("\n") || "Nothing failed"}\n`);
if (json !== undefined) await Deno.writeTextFile(json, JSON.stringify({ minutes: observed, verdict }, undefined, 2));
Deno.exit(verdict.every(({ flat }) => flat) && failures.length === 0 ? 0 : 1);
