/**
 * Answers what commands ask of archives while the service runs, by the functions that they use without it.
 *
 * @module
 */
import { archivesReplaced, type Context } from "../../../runtime/plugin.ts";
import type { Adoption, ArchiveStore } from "../../../store/archive.ts";
import { fromStore } from "../preferences.ts";
import type { ArchivingPreferences } from "../../../wire/xep0441.ts";
import { isUnfiltered } from "../../../store/selection.ts";
import { storeTarget } from "../../../transfer/target.ts";
import { Jid } from "../../../xmpp/jid.ts";
import { type ImportPart, purging, type Sweeping, sweeping } from "./controls.ts";
import { serveImports } from "./serve_imports.ts";
import type { PreferenceBook } from "../preferences.ts";
import { purge } from "./purge.ts";
import type { Swept } from "./sweep.ts";

export interface CommandOptions {
  readonly store: ArchiveStore;
  readonly book: PreferenceBook;
  /** Waits for what an archive has been sent so far. */
  readonly settled: (archive: string) => Promise<unknown>;
  /** Sweeps when no other sweep is under way. */
  readonly sweep: (how: Sweeping, signal: AbortSignal) => Promise<Swept | undefined>;
  /** Told what a user prefers from here on; nothing where the policy holds. */
  readonly changed: (account: Jid, preferences: ArchivingPreferences | undefined) => Promise<void>;
}

/** Does them, and keeps what the service remembers true to what they change. */
export function serveCommands(context: Context, { store, book, settled, sweep, changed }: CommandOptions): void {
  const { log } = context;
  const target = storeTarget(store);

  /** Preferences are others than before, in the store alone. */
  async function reread(account: string): Promise<void> {
    const preferences = await book.reread(account);
    await changed(Jid.parse(account), preferences && fromStore(preferences))
      .catch((error) => log.debug("preferences-lost", "A module was not told", { error }));
  }

  async function take(part: ImportPart): Promise<Adoption> {
    if ("entries" in part) return await target.adopt(part.owner, part.entries, part.after);
    const taken = await target.adoptPreferences(part.owner, part.preferences);
    if (taken.added > 0) await reread(part.owner);
    return taken;
  }

  context.control(sweeping, async (how, { signal }) => {
    const { entries = 0, seconds = 0 } = await sweep(how, signal) ?? {};
    return { removed: entries, seconds };
  });
  context.control(purging, async (purged, { signal, progress }) => {
    await settled(purged.user);
    const deleted = await purge(purged, { store, signal, progress, log });
    if (isUnfiltered(purged.filter)) await reread(purged.user);
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
