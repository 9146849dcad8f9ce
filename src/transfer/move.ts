/**
 * Copies one store of archives into another.
 *
 * @module
 */
import { isDeepStrictEqual } from "node:util";
import type { Adoption, ArchiveReader, ArchiveStore } from "../store/archive.ts";
import type { ArchiveId } from "../store/id.ts";
import { everyKey } from "../store/several_calls.ts";
import { exportItems, ownersOf } from "./export.ts";
import { importItems, type ImportOptions } from "./import.ts";
import { storeTarget, type Target } from "./target.ts";

/** Positions that are asked for at once. */
const MOST = 500;

export interface MoveOptions extends Omit<ImportOptions, "target"> {
  readonly store: ArchiveStore;
  /** True when the source is in service: then its preferences are newer than those of the target. */
  readonly served: boolean;
}

/**
 * Copies messages with their ids, times and order, preferences, and what is noted for the operator. What is there already stays
 * as it is, so that a copy that was cut off, or made while messages came in, is completed by another.
 */
export async function moveArchives(
  reader: ArchiveReader,
  { store, served, ...options }: MoveOptions,
): Promise<void> {
  const items = exportItems(reader, ownersOf(reader, options.hosts));
  await importItems(items, { ...options, target: served ? follower(store) : storeTarget(store) });
  await movePositions(reader, store, options);
  await moveData(reader, store, options);
  if (!options.signal?.aborted) await moveNotes(reader, store);
}

/** Takes preferences as they are in the end, however often they are copied. */
function follower(store: ArchiveStore): Target {
  return {
    ...storeTarget(store),
    async adoptPreferences(archive, preferences): Promise<Adoption> {
      if (isDeepStrictEqual(await store.preferences(archive), preferences)) return { added: 0, held: 1 };
      await store.setPreferences(archive, preferences);
      return { added: 1, held: 0 };
    },
  };
}

/** Ids that clients were told, and under which nothing is kept. */
async function movePositions(
  reader: ArchiveReader,
  store: ArchiveStore,
  { hosts, signal }: Pick<MoveOptions, "hosts" | "signal">,
): Promise<void> {
  for await (const archive of ownersOf(reader, hosts)) {
    for (let last: number | undefined = Number.MIN_SAFE_INTEGER; last !== undefined && !signal?.aborted;) {
      const ids: ArchiveId[] = await reader.positions(archive, last, MOST);
      await store.append(ids.map((id) => ({ time: 0, stanza: "", entries: [], positions: [{ archive, id }] })));
      last = ids.at(-1)?.number;
    }
  }
}

/** Values that plugins keep; what is there already stays as it is. */
async function moveData(
  reader: ArchiveReader,
  store: ArchiveStore,
  { signal }: Pick<MoveOptions, "signal">,
): Promise<void> {
  for (const space of await reader.dataSpaces()) {
    for await (const key of everyKey(reader, space)) {
      if (signal?.aborted) return;
      await store.changeDatum(space, key, { from: undefined, to: await reader.datum(space, key) });
    }
  }
}

/** Connections are known by when they began; counts would add up, so they go only where there are none yet. */
async function moveNotes(reader: ArchiveReader, store: ArchiveStore): Promise<void> {
  const { connections, counted } = await reader.chronicle();
  for (const connected of connections) await store.note({ connected, counted: {} });
  if (Object.keys((await store.chronicle()).counted).length === 0) await store.note({ counted });
  // The next sweep goes by the last one, where the clock is not trusted.
  if (reader.sweptAt > store.sweptAt) await store.noteSweep(reader.sweptAt);
}
