/**
 * Answers what commands ask of archives while the service runs, by the functions that they use without it.
 *
 * @module
 */
import { archivesReplaced } from "../../../runtime/plugin.ts";
import type { Adoption } from "../../../store/archive.ts";
import type { Archiving } from "../archiving.ts";
import type { Companions } from "../companion/companions.ts";
import type { MamContext } from "../options.ts";
import { fromStore } from "../preferences.ts";
import { isUnfiltered } from "../../../store/selection.ts";
import { storeTarget } from "../../../transfer/target.ts";
import { Jid } from "../../../xmpp/jid.ts";
import { type ImportPart, purging, sweeping } from "./controls.ts";
import { serveImports } from "./serve_imports.ts";
import { purge } from "./purge.ts";
import { retentionOf, type Sweeps } from "./sweeps.ts";

export interface CommandOptions {
  readonly archiving: Archiving;
  readonly companions: Companions;
  readonly sweeps: Sweeps;
}

/** Does them, and keeps what the service remembers true to what they change. */
export function serveCommands(context: MamContext, { archiving, companions, sweeps }: CommandOptions): void {
  const { store, book, log } = archiving;
  const target = storeTarget(store);

  /** Preferences are others than before, in the store alone. */
  async function reread(account: string): Promise<void> {
    const preferences = await book.reread(account);
    await companions.tellPreferences(Jid.parse(account), preferences && fromStore(preferences))
      .catch((error) => log.debug("preferences-lost", "A module was not told", { error }));
  }

  async function take(part: ImportPart): Promise<Adoption> {
    if ("entries" in part) {
      const adopted = await target.adopt(part.owner, part.entries, part.after);
      await archiving.retractions.adopted(part.owner, part.entries);
      return adopted;
    }
    const taken = await target.adoptPreferences(part.owner, part.preferences);
    if (taken.added > 0) await reread(part.owner);
    return taken;
  }

  context.control(sweeping, async (how, { signal }) => {
    const { entries = 0, seconds = 0 } = await sweeps.run({ ...retentionOf(how), signal }) ?? {};
    return { removed: entries, seconds };
  });
  context.control(purging, async (purged, { signal, progress }) => {
    await archiving.settled(purged.user);
    const deleted = await purge(purged, { store, signal, progress, log });
    if (isUnfiltered(purged.filter)) {
      await archiving.retractions.forget(purged.user);
      await reread(purged.user);
    }
    return deleted;
  });
  serveImports(context, take);
  context.on(archivesReplaced, () => {
    for (const account of book.known) {
      reread(account).catch((error) =>
        log.error("preferences-unread", "Preferences cannot be read", { account, error })
      );
    }
  });
}
