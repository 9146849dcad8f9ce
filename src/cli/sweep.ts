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
import { many } from "../runtime/watch/status/words.ts";
import { type Command, EXIT } from "./command.ts";
import { configured } from "./configured.ts";
import { Interrupt } from "./interrupt.ts";
import { jsonLine, stamp } from "./lines.ts";
import type { System } from "./system.ts";

export const sweepCommand: Command = {
  summary:
    "Removes expired messages at once, while the service is stopped; --dry-run only counts them, also while it runs",
  usage: "[--dry-run] [--json] [--config FILE]",
  example: "annals sweep --dry-run --archive_expires_after 1y",
  takes: "options",
  switches: ["dry-run", "json"],
  async run(invocation, system): Promise<number> {
    const { config, json } = await configured(invocation, system);
    if (invocation.switches.has("dry-run")) system.out(await due(config, json));
    else return await swept(config, { system, json });
    return EXIT.ok;
  },
};

function retention(config: Config): Pick<SweepOptions, "expiresAfter" | "maxMessages" | "interval"> {
  const { archive_expires_after, archive_max_messages, archive_cleanup_interval } = pluginValues(config, mam);
  return {
    expiresAfter: () => archive_expires_after,
    maxMessages: () => archive_max_messages,
    interval: () => archive_cleanup_interval,
  };
}

async function due(config: Config, json: boolean): Promise<string> {
  const { expiresAfter, maxMessages, interval } = retention(config);
  const most = maxMessages();
  await using reader = openArchivesToRead(config);
  const before = sweepTime(Date.now(), reader.sweptAt, interval() * 1000).time - expiresAfter() * 1000;
  const { expired, beyond } = await reader.due(before, most === "unlimited" ? Infinity : most);
  if (json) return jsonLine({ expired, beyond_limit: beyond });
  const age = before === -Infinity ? "nothing expires" : `older than ${stamp(before)}`;
  return `A sweep would remove ${many(expired, "message")} (${age}), ` +
    `and ${many(beyond, "message")} beyond archive_max_messages (${most})\n`;
}

async function swept(config: Config, { system, json }: { system: System; json: boolean }): Promise<number> {
  await using store = await openArchivesToChange(config);
  using interrupt = new Interrupt(system);
  const log = createLog({ ...config.log, write: (line) => system.err(`${line}\n`) });
  const done = await sweep({ store, now: Date.now, ...retention(config), signal: interrupt.signal, log });
  const { entries = 0, seconds = 0 } = done ?? {};
  system.out(json ? jsonLine({ removed: entries, seconds }) : `Removed ${many(entries, "message")}\n`);
  return interrupt.signal.aborted ? EXIT.interrupted : EXIT.ok;
}
