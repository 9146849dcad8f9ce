/**
 * `annals purge`: deletes a user's archive, or a part of it, for good.
 *
 * @module
 */
import { type Purging, purging } from "../plugins/mam/upkeep/controls.ts";
import { purge } from "../plugins/mam/upkeep/purge.ts";
import type { Config } from "../config/config.ts";
import { createLog } from "../log/log.ts";
import { openArchivesToChange, openArchivesToRead } from "../runtime/stores.ts";
import { many } from "../lib/words.ts";
import { EXIT } from "./command.ts";
import { configuredCommand } from "./configured.ts";
import { ACCOUNT, optional, PEER, SWITCH, TIME } from "./flag.ts";
import { consented } from "./consent.ts";
import { Interrupt } from "./interrupt.ts";
import { jsonLine } from "./lines.ts";
import { requireKnown } from "./known_account.ts";
import { Progress } from "./progress.ts";
import { runningService } from "./service.ts";
import { filterOf } from "./show.ts";
import type { System } from "./system.ts";

export const purgeCommand = configuredCommand({
  summary: "Deletes what a user's archive holds; others keep their copies",
  example: "annals purge --user juliet@example.org --with romeo@example.net",
  flags: { user: ACCOUNT, with: optional(PEER), before: optional(TIME), yes: SWITCH, json: SWITCH },
  async run({ config, own, invocation: { flags } }, system): Promise<number> {
    const { user, yes, json } = own;
    const filter = filterOf(own);
    const whole = own.with === undefined && own.before === undefined;

    const count = await held(config, { user, filter });
    const which = [
      many(count, "message"),
      ...own.with === undefined ? [] : [`with ${flags.get("with")}`],
      ...own.before === undefined ? [] : [`from before ${flags.get("before")}`],
      whole ? `of ${user}, and the preferences` : `of ${user}`,
    ];
    const what = `This deletes ${which.join(" ")}. There is no way back. Others keep their copies.`;
    if (!consented(what, { system, yes })) return EXIT.failure;

    using interrupt = new Interrupt(system);
    const deleted = await purged(config, { user, filter }, { count, system, signal: interrupt.signal });
    system.out(json ? jsonLine({ deleted }) : `Deleted ${many(deleted, "message")}\n`);
    return interrupt.conclude();
  },
});

async function held(config: Config, { user, filter }: Purging): Promise<number> {
  await using reader = await openArchivesToRead(config);
  await requireKnown(reader, user);
  return Number(await reader.count(user, filter));
}

async function purged(
  config: Config,
  what: Purging,
  { count, system, signal }: { count: number; system: System; signal: AbortSignal },
): Promise<number> {
  using shown = new Progress(system);
  const options = { signal, progress: (deleted: number) => shown.show(() => `${deleted} of ${count} deleted`) };
  using service = await runningService(config);
  if (service !== undefined) return await service.ask(purging, what, options);
  await using store = await openArchivesToChange(config);
  const log = createLog({ ...config.log, write: (line) => system.err(`${line}\n`) });
  return await purge(what, { store, log, ...options });
}
