/**
 * Deletes what a user's archive holds, for good.
 *
 * @module
 */
import type { Log } from "../../../log/log.ts";
import type { ArchiveStore } from "../../../store/archive.ts";
import { firstNumberAt, formatArchiveId } from "../../../store/id.ts";
import { isUnfiltered } from "../../../store/selection.ts";
import { networkTurn } from "../../../lib/next_turn.ts";
import type { Purging } from "./controls.ts";

/** Messages deleted in one step. */
const STEP = 200;

/** Option that overwrites what is deleted. */
const OVERWRITE = { overwrite: true };

export interface PurgeOptions {
  readonly store: ArchiveStore;
  readonly signal: AbortSignal;
  /** Told how many have gone. */
  readonly progress: (deleted: number) => void;
  readonly log: Log;
}

/**
 * Deletes a bounded step at a time, the oldest first; one that is cut off can be repeated. What comes meanwhile stays where it
 * does not all go. Returns how many entries went.
 */
export async function purge(
  { user, filter }: Purging,
  { store, signal, progress, log }: PurgeOptions,
): Promise<number> {
  const whole = isUnfiltered(filter);
  let left = Number(await store.count(user, filter));
  let deleted = 0;
  while (left > 0 && !signal.aborted) {
    const page = await store.page(user, filter, { max: Math.min(left, STEP) });
    const ids = "unknown" in page ? [] : page.entries.map(({ id }) => id);
    if (ids.length === 0) break;
    deleted += await store.forget(user, ids, OVERWRITE);
    left -= ids.length;
    progress(deleted);
    await networkTurn();
  }
  if (!whole) await purgePositions({ user, filter }, { store, signal });
  const finished = !signal.aborted;
  if (whole && finished) deleted += await store.deleteArchive(user, OVERWRITE);
  if (await store.files?.fold() === false) {
    log.warn("purge-readable", "Deleted text is still in the log of the database, since the archives are being read", {
      hint: "it goes from there by and by; at once when this is done again",
    });
  }
  const { end, ...other } = filter;
  log.info("purged", deleted > 0 ? "Messages of a user were deleted" : "There was nothing to be deleted", {
    user,
    ...other,
    ...end !== undefined && { before: new Date(end + 1).toISOString() },
    deleted,
    finished,
  });
  return deleted;
}

/** Ids under which nothing is kept are of a time, but of nobody: they go where all of that time goes. */
async function purgePositions(
  { user, filter: { end, ...other } }: Purging,
  { store, signal }: Pick<PurgeOptions, "store" | "signal">,
): Promise<void> {
  if (end === undefined || !isUnfiltered(other)) return;
  const beyond = firstNumberAt(end + 1);
  for (let more = true; more && !signal.aborted;) {
    const ids = await store.positions(user, Number.MIN_SAFE_INTEGER, STEP);
    const gone = ids.filter(({ number }) => number < beyond);
    if (gone.length > 0) await store.forget(user, gone.map(formatArchiveId), OVERWRITE);
    more = gone.length === STEP;
  }
}
