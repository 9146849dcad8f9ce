/**
 * Takes archives out.
 *
 * @module
 */
import type { ArchiveReader } from "../store/archive.ts";
import { everyOwner } from "../store/several_calls.ts";
import type { EntryItem, PreferencesItem } from "./item.ts";

/** All the owners of some domains. */
export async function* ownersOf(reader: ArchiveReader, hosts: Iterable<string>): AsyncGenerator<string> {
  for (const host of hosts) yield* everyOwner(reader, host);
}

/** Everything of some owners: the preferences of each, and the entries. */
export async function* exportItems(
  reader: ArchiveReader,
  owners: AsyncIterable<string> | Iterable<string>,
): AsyncGenerator<EntryItem | PreferencesItem> {
  for await (const owner of owners) {
    const preferences = await reader.preferences(owner);
    if (preferences !== undefined) yield { kind: "preferences", owner, preferences };
    for await (const entry of reader.entries(owner)) yield { kind: "entry", owner, entry };
  }
}
