/**
 * `annals sweep`: what the service does now and then, at once.
 *
 * @module
 */
import mam from "../plugins/mam/mod.ts";
import { sweep, type SweepOptions } from "../plugins/mam/sweep.ts";
import { sweepTime } from "../plugins/mam/sweep_time.ts";
import { type Config, pluginValues } from "../runtime/config/config.ts";
import { createLog } from "../runtime/log.ts";
import { openArchivesToChange, openArchivesToRead } from "../runtime/stores.ts";
import { many } from "../runtime/words.ts";
import { type Command, EXIT } from "./command.ts";
import { configured } from "./configured.ts";
import { Interrupt } from "./interrupt.ts";
import { jsonLine, stamp } from "./lines.ts";
import type { System } from "./system.ts";

/** Milliseconds that a sweep by hand moves on at most where the clock is not trusted: a day, so that one a day keeps pace. */
const ALLOWANCE = 24 * 3600 * 1000;

export const sweepCommand: Command = {
  summary:
    "Removes expired messages at once, while the service is stopped; --dry-run only counts them, also while it runs",
  usage: "[--dry-run] [--trust-clock] [--json] [--config FILE]",
  example: "annals sweep --dry-run --archive_expires_after 1y",
  takes: "options",
  switches: ["dry-run", "trust-clock", "json"],
  async run(invocation, system): Promise<number> {
    const { config, json } = await configured(invocation, system);
    const allowance = invocation.switches.has("trust-clock") ? Infinity : ALLOWANCE;
    if (invocation.switches.has("dry-run")) system.out(await due(config, { allowance, json }));
    else return await swept(config, { system, allowance, json });
    return EXIT.ok;
  },
};

function retention(config: Config): Pick<SweepOptions, "expiresAfter" | "maxMessages"> {
  const { archive_expires_after, archive_max_messages } = pluginValues(config, mam);
  return {
    expiresAfter: () => archive_expires_after,
    maxMessages: () => archive_max_messages,
  };
}

async function due(config: Config, { allowance, json }: { allowance: number; json: boolean }): Promise<string> {
  const { expiresAfter, maxMessages } = retention(config);
  const most = maxMessages();
  await using reader = await openArchivesToRead(config);
  const evidence = { last: reader.sweptAt, newest: reader.newestNumber, allowance };
  const before = sweepTime(Date.now(), evidence).time - expiresAfter() * 1000;
  const { expired, beyond } = await reader.due(before, most === "unlimited" ? Infinity : most);
  if (json) return jsonLine({ expired, beyond_limit: beyond });
  const age = before === -Infinity ? "nothing expires" : `older than ${stamp(before)}`;
  return `A sweep would remove ${many(expired, "message")} (${age}), ` +
    `and ${many(beyond, "message")} beyond archive_max_messages (${most})\n`;
}

async function swept(
  config: Config,
  { system, allowance, json }: { system: System; allowance: number; json: boolean },
): Promise<number> {
  await using store = await openArchivesToChange(config);
  using interrupt = new Interrupt(system);
  const log = createLog({ ...config.log, write: (line) => system.err(`${line}\n`) });
  const done = await sweep({ store, now: Date.now, ...retention(config), allowance, signal: interrupt.signal, log });
  const { entries = 0, seconds = 0 } = done ?? {};
  system.out(json ? jsonLine({ removed: entries, seconds }) : `Removed ${many(entries, "message")}\n`);
  return interrupt.signal.aborted ? EXIT.interrupted : EXIT.ok;
}
