/**
 * `annals import`: takes over archives that a server, or this program, has kept.
 *
 * @module
 */
import { archivedDomains } from "../config/config.ts";
import { visible } from "../log/log_line.ts";
import { READ } from "../transfer/formats.ts";
import { importItems } from "../transfer/import.ts";
import { tryPrepareJid } from "../xmpp/prepared_jid.ts";
import { Summary } from "../transfer/summary.ts";
import { EXIT } from "./command.ts";
import { type Configured, configuredCommand } from "./configured.ts";
import { type Flag, oneOf, SWITCH } from "./flag.ts";
import { UsageError } from "./usage_error.ts";
import { importReport } from "./import_report.ts";
import { importTarget } from "./import_target.ts";
import { Interrupt } from "./interrupt.ts";
import { Progress } from "./progress.ts";
import type { System } from "./system.ts";

/** One of the hosts of the configuration: nobody could ask for archives of others. */
const HOST: Flag<string | undefined> = {
  value: "HOST",
  read(text, { name, hosts }): string | undefined {
    const host = text && (tryPrepareJid(text)?.toString() ?? text);
    if (host === undefined || hosts.includes(host)) return host;
    throw new UsageError(
      `--${name}: Found "${host}", expected one of the hosts of the configuration: ${hosts.join(", ")}`,
    );
  },
};

const FLAGS = { from: oneOf(READ, `one of ${[...READ.keys()].join(", ")}`), host: HOST, json: SWITCH };

export const importCommand = configuredCommand({
  summary: "Takes over archives of a server, or of an export; can be repeated",
  word: "PATH",
  example: "annals import --from prosody-internal /var/lib/prosody",
  flags: FLAGS,
  run: importArchives,
});

async function importArchives(given: Configured<typeof FLAGS>, system: System): Promise<number> {
  const { config, own: { from: read, host, json }, word: path } = given;
  const hosts = new Set(host === undefined ? archivedDomains(config) : [host]);

  using interrupt = new Interrupt(system);
  await using into = await importTarget(config, system);
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
    system.out(importReport(summary, { json, keeps, now: Date.now() }));
  }
  if (interrupt.signal.aborted || !summary.inVain) return interrupt.conclude();
  system.err(`${visible(`annals: Found nothing in "${path}" that can be taken`)}\n`);
  return EXIT.failure;
}

/** The one there is; `undefined` where there are several. */
function onlyOf(hosts: readonly string[]): string | undefined {
  return hosts.length === 1 ? hosts[0] : undefined;
}
