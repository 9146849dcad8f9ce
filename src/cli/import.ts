/**
 * `annals import`: takes over archives that a server, or this program, has kept.
 *
 * @module
 */
import { BUILT_IN } from "../plugins/mod.ts";
import type { Config } from "../config/config.ts";
import { readConfig } from "../runtime/load_config.ts";
import { visible } from "../log/log_line.ts";
import { READ } from "../transfer/formats.ts";
import { importItems } from "../transfer/import.ts";
import { tryPrepareJid } from "../xmpp/prepared_jid.ts";
import { Summary } from "../transfer/summary.ts";
import type { Invocation } from "./arguments.ts";
import { type Command, EXIT } from "./command.ts";
import { UsageError } from "./usage_error.ts";
import { importReport } from "./import_report.ts";
import { importTarget } from "./import_target.ts";
import { Interrupt } from "./interrupt.ts";
import { ownFlags } from "./own_flags.ts";
import { Progress } from "./progress.ts";
import type { System } from "./system.ts";

const FORMATS = [...READ.keys()];

export const importCommand: Command = {
  summary: "Takes over archives of a server, or of an export; can be repeated",
  usage: `--from ${FORMATS.join("|")} PATH [--host HOST] [--json] [--config FILE]`,
  example: "annals import --from prosody-internal /var/lib/prosody",
  takes: "options and a path",
  switches: ["json"],
  run: importArchives,
};

/** Names of its own flags. */
const OWN = ["from", "host"] as const;

async function importArchives(invocation: Invocation, system: System): Promise<number> {
  const { words: [, path], switches } = invocation;
  const { own: { from, host: typed }, flags } = ownFlags(invocation, OWN);
  const host = typed && (tryPrepareJid(typed)?.toString() ?? typed);
  const read = READ.get(from ?? "");
  if (read === undefined) throw new UsageError(`--from: Found "${from ?? ""}", expected one of ${FORMATS.join(", ")}`);
  if (path === undefined) throw new UsageError(`Found no path, expected annals import ${importCommand.usage}`);
  const { config } = await readConfig({ ...invocation, flags, env: system.env, own: OWN, plugins: BUILT_IN });
  const hosts = hostsOf(config, host);

  using interrupt = new Interrupt(system);
  await using into = await importTarget(config);
  const summary = new Summary();
  try {
    using progress = new Progress(system);
    await importItems(read(path, { host, assumed: host ?? onlyOf(config.hosts) }), {
      target: into.target,
      hosts,
      now: Date.now(),
      summary,
      signal: interrupt.signal,
      progress: () => progress.show(() => `${summary.read} read, ${summary.messages.taken} messages taken`),
    });
    if (!interrupt.signal.aborted && !summary.inVain) await into.end();
  } finally {
    const keeps = Number(config.plugins.mam?.archive_expires_after ?? Infinity);
    system.out(importReport(summary, { json: switches.has("json"), keeps, now: Date.now() }));
  }
  if (interrupt.signal.aborted || !summary.inVain) return interrupt.conclude();
  system.err(`${visible(`annals: Found nothing in "${path}" that can be taken`)}\n`);
  return EXIT.failure;
}

/** The one there is; `undefined` where there are several. */
function onlyOf(hosts: readonly string[]): string | undefined {
  return hosts.length === 1 ? hosts[0] : undefined;
}

/** Archives are of the hosts of the configuration: nobody could ask for others. */
function hostsOf({ hosts }: Config, host: string | undefined): ReadonlySet<string> {
  if (host === undefined) return new Set(hosts);
  if (hosts.includes(host)) return new Set([host]);
  throw new UsageError(`--host: Found "${host}", expected one of the hosts of the configuration: ${hosts.join(", ")}`);
}
