/**
 * `annals purge`: deletes a user's archive, or a part of it, for good.
 *
 * @module
 */
import { createLog } from "../runtime/log.ts";
import { openArchivesToChange } from "../runtime/stores.ts";
import { many } from "../runtime/words.ts";
import type { ArchiveStore, Filter } from "../store/archive.ts";
import { nextTurn } from "../store/next_turn.ts";
import { type Command, EXIT } from "./command.ts";
import { configured } from "./configured.ts";
import { consented } from "./consent.ts";
import { Interrupt } from "./interrupt.ts";
import { jsonLine } from "./lines.ts";
import { account } from "./own_values.ts";
import { Progress } from "./progress.ts";
import { filterOf } from "./show.ts";

/** Messages deleted in one step. */
const STEP = 200;

export const purge: Command = {
  summary: "Deletes what a user's archive holds, while the service is stopped; others keep their copies",
  usage: "--user JID [--with JID] [--before TIME] [--yes] [--json] [--config FILE]",
  example: "annals purge --user juliet@example.org --with romeo@example.net",
  takes: "options",
  switches: ["json", "yes"],
  async run(invocation, system): Promise<number> {
    const { config, own, json } = await configured(invocation, system, ["user", "with", "before"]);
    const user = account(own.user);
    const filter = filterOf(own);
    const whole = own.with === undefined && own.before === undefined;

    await using store = await openArchivesToChange(config, { secureDelete: true });
    const count = Number(await store.count(user, filter));
    const which = [
      many(count, "message"),
      ...own.with === undefined ? [] : [`with ${own.with}`],
      ...own.before === undefined ? [] : [`from before ${own.before}`],
      whole ? `of ${user}, and the preferences` : `of ${user}`,
    ];
    const what = `This deletes ${which.join(" ")}. There is no way back. Others keep their copies.`;
    if (!consented(what, { system, yes: invocation.switches.has("yes") })) return EXIT.failure;

    using interrupt = new Interrupt(system);
    using progress = new Progress(system);
    const log = createLog({ ...config.log, write: (line) => system.err(`${line}\n`) });
    const show = (deleted: number) => progress.show(() => `${deleted} of ${count} deleted`);
    let deleted = await forget(store, { user, filter, signal: interrupt.signal, show });
    if (whole && !interrupt.signal.aborted) deleted += await store.deleteArchive(user);
    log.info("purged", "Messages of a user were deleted", {
      user,
      ...own,
      deleted,
      finished: !interrupt.signal.aborted,
    });
    system.out(json ? jsonLine({ deleted }) : `Deleted ${many(deleted, "message")}\n`);
    return interrupt.signal.aborted ? EXIT.interrupted : EXIT.ok;
  },
};

interface Forgetting {
  readonly user: string;
  readonly filter: Filter;
  readonly signal: AbortSignal;
  readonly show: (deleted: number) => void;
}

/** A bounded step at a time, the oldest first; one that is cut off can be repeated. */
async function forget(store: ArchiveStore, { user, filter, signal, show }: Forgetting): Promise<number> {
  for (let deleted = 0;;) {
    const page = await store.page(user, filter, { max: STEP });
    if ("unknown" in page || page.entries.length === 0 || signal.aborted) return deleted;
    deleted += await store.forget(user, page.entries.map(({ id }) => id));
    show(deleted);
    await nextTurn();
  }
}
