/**
 * Targets of an import.
 *
 * @module
 */
import type { Adoption, ArchiveStore, Preferences, WholeEntry } from "../store/archive.ts";

/** Takes over what other archives held, and leaves what it holds already as it is. */
export interface Target {
  /** Most entries that are stored together, and most characters of their stanzas; the last entry may exceed them. */
  readonly most: { readonly entries: number; readonly characters: number };
  adopt(archive: string, entries: readonly WholeEntry[], after?: string): Promise<Adoption>;
  /** Takes over preferences unless the user has set some here, which are newer. */
  adoptPreferences(archive: string, preferences: Preferences): Promise<Adoption>;
}

/** Many, because their ids dirty pages all over their table. */
const MOST = { entries: 5000, characters: 4 * 1024 * 1024 };

/** A store that nobody else uses. */
export function storeTarget(store: Pick<ArchiveStore, "adopt" | "preferences" | "setPreferences">): Target {
  return {
    most: MOST,
    adopt: (archive, entries, after) => store.adopt(archive, entries, after),
    async adoptPreferences(archive, preferences): Promise<Adoption> {
      if (await store.preferences(archive) !== undefined) return { added: 0, held: 1 };
      await store.setPreferences(archive, preferences);
      return { added: 1, held: 0 };
    },
  };
}
