/**
 * A toy back end: archives on a shelf of this process, where they are after a restart of the service too.
 *
 * @module
 */
import { option, text } from "../../../src/config/options.ts";
import type { ArchiveStore } from "../../../src/store/archive.ts";
import type { BackEnd } from "../../../src/store/back_end.ts";
import { openMemoryStore } from "../../../src/store/memory/mod.ts";

const OPTIONS = {
  shelf: option(text(), { doc: "Name of the shelf; change it to begin with archives that are empty", default: "top" }),
};

const shelves = new Map<string, ArchiveStore>();

/** The store on a shelf; whoever closes it leaves it there. */
function onShelf(shelf: string): ArchiveStore {
  const store = shelves.get(shelf) ?? openMemoryStore();
  shelves.set(shelf, store);
  return store;
}

/** Back end that has no tool but one. */
export const toy: BackEnd<typeof OPTIONS> = {
  name: "toy",
  title: "a toy",
  keeps: "on a shelf",
  options: OPTIONS,
  shared: false,
  open: ({ shelf }) => Promise.resolve(onShelf(shelf)),
  read: ({ shelf }) => Promise.resolve(onShelf(shelf)),
  tools: {
    backup: { instead: "A toy is copied by hand" },
    restore: { instead: "A toy is put back by hand" },
    verify: { instead: "look at it" },
    compact: (store) => Promise.resolve({ before: store.size.database, after: store.size.database }),
  },
};
