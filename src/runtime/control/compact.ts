/**
 * Makes a database as small as what it holds allows.
 *
 * @module
 */
import type { ArchiveStore } from "../../store/archive.ts";
import { networkTurn } from "../../lib/next_turn.ts";
import type { Asking, Control } from "./control.ts";

/** Bytes of the database. */
export interface Compacted {
  readonly before: number;
  readonly after: number;
}

/** Progress is a share from 0 to 1. */
export const compacting: Control<null, Compacted, number> = { name: "compact", read: () => null };

/** Gives back what is free, a step a turn of the event loop, until the signal. What cuts it off leaves a part undone, no more. */
export async function compact(
  store: ArchiveStore,
  { signal, progress }: Pick<Asking<number>, "signal" | "progress">,
): Promise<Compacted> {
  // What the log still holds is of the database as well.
  await store.fold?.();
  const { database: before, free } = store.size;
  for (let left = free; left > 0 && !signal.aborted;) {
    left = await store.giveBack?.() ?? 0;
    progress(1 - left / free);
    await networkTurn();
  }
  await store.fold?.();
  return { before, after: store.size.database };
}
