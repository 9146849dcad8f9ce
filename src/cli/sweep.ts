/**
 * `annals sweep`: what the service does now and then, at once.
 *
 * @module
 */
import mam from "../plugins/mam/mod.ts";
import { type Sweeping, sweeping, type SweptAway } from "../plugins/mam/upkeep/controls.ts";
import { sweep } from "../plugins/mam/upkeep/sweep.ts";
import { retentionOf } from "../plugins/mam/upkeep/sweeps.ts";
import { sweepTime } from "../plugins/mam/upkeep/sweep_time.ts";
import { type Config, pluginValues } from "../config/config.ts";
import { createLog } from "../log/log.ts";
import { openArchivesToChange, openArchivesToRead } from "../runtime/stores.ts";
import { many } from "../lib/words.ts";
import { EXIT } from "./command.ts";
import { configuredCommand } from "./configured.ts";
import { SWITCH } from "./flag.ts";
import { Interrupt } from "./interrupt.ts";
import { jsonLine, stamp } from "./lines.ts";
import { runningService } from "./service.ts";
import type { System } from "./system.ts";

/** Milliseconds that a sweep by hand moves on at most where the clock is not trusted: a day, so that one a day keeps pace. */
const ALLOWANCE = 24 * 3600 * 1000;

export const sweepCommand = configuredCommand({
  summary: "Removes expired messages at once; --dry-run only counts them",
  example: "annals sweep --dry-run --archive_expires_after 1y",
  flags: { "dry-run": SWITCH, "trust-clock": SWITCH, json: SWITCH },
  async run({ config, own: { "dry-run": isDryRun, "trust-clock": trustClock, json } }, system): Promise<number> {
    const how = sweepingOf(config, trustClock ? Infinity : ALLOWANCE);
    if (isDryRun) {
      system.out(await due(config, { how, json }));
      return EXIT.ok;
    }
    using interrupt = new Interrupt(system);
    const { removed, seconds } = await swept(config, { how, system, signal: interrupt.signal });
    system.out(json ? jsonLine({ removed, seconds }) : `Removed ${many(removed, "message")}\n`);
    return interrupt.conclude();
  },
});

function sweepingOf(config: Config, allowance: number): Sweeping {
  const { archive_expires_after: expiresAfter, archive_max_messages: most } = pluginValues(config, mam);
  return { expiresAfter, maxMessages: most === "unlimited" ? Infinity : most, allowance };
}

async function due(config: Config, { how, json }: { how: Sweeping; json: boolean }): Promise<string> {
  const { expiresAfter, maxMessages, allowance } = how;
  await using reader = await openArchivesToRead(config);
  const evidence = { last: reader.sweptAt, newest: reader.newestNumber, allowance };
  const before = sweepTime(Date.now(), evidence).time - expiresAfter * 1000;
  const { expired, beyond } = await reader.due(before, maxMessages);
  if (json) return jsonLine({ expired, beyond_limit: beyond });
  const age = before === -Infinity ? "nothing expires" : `older than ${stamp(before)}`;
  const most = retentionOf(how).retention.archive_max_messages;
  return `A sweep would remove ${many(expired, "message")} (${age}), ` +
    `and ${many(beyond, "message")} beyond archive_max_messages (${most})\n`;
}

async function swept(
  config: Config,
  { how, system, signal }: { how: Sweeping; system: System; signal: AbortSignal },
): Promise<SweptAway> {
  using service = await runningService(config);
  if (service !== undefined) return await service.ask(sweeping, how, { signal });
  await using store = await openArchivesToChange(config);
  const log = createLog({ ...config.log, write: (line) => system.err(`${line}\n`) });
  const { entries = 0, seconds = 0 } = await sweep({ store, now: Date.now, ...retentionOf(how), signal, log }) ?? {};
  return { removed: entries, seconds };
}
