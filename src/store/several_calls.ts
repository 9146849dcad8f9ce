/**
 * Work that takes several calls of a store: whole lists, of which one call gives a part, and changes that depend on the value
 * before.
 *
 * @module
 */
import type { ArchiveReader, ArchiveStore } from "./archive.ts";

/** Names that are asked for at once. */
const LISTED = 500;

/** Yields the owners in a domain. */
export function everyOwner(reader: Pick<ArchiveReader, "owners">, domain: string): AsyncGenerator<string> {
  return every((after) => reader.owners(domain, after, LISTED));
}

/** Yields the keys of a space of data. */
export function everyKey(reader: Pick<ArchiveReader, "dataKeys">, space: string): AsyncGenerator<string> {
  return every((after) => reader.dataKeys(space, after, LISTED));
}

async function* every(list: (after: string) => Promise<string[]>): AsyncGenerator<string> {
  for (let last: string | undefined = ""; last !== undefined;) {
    const names: string[] = await list(last);
    yield* names;
    last = names.at(-1);
  }
}

/**
 * Changes a value and returns the new one; `undefined` deletes it. Nobody else changes it meanwhile, also where several
 * processes share the store: then `change` is called again.
 */
export async function updateDatum(
  store: Pick<ArchiveStore, "datum" | "changeDatum">,
  space: string,
  key: string,
  change: (value: string | undefined) => string | undefined,
): Promise<string | undefined> {
  for (;;) {
    const from = await store.datum(space, key);
    const to = change(from);
    if (to === from || await store.changeDatum(space, key, { from, to })) return to;
  }
}
