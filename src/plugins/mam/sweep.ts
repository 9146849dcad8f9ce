/**
 * Retention: forgets what is older than `archive_expires_after`, in steps that let everything else go on.
 *
 * @module
 */
import type { Log } from "../../runtime/log.ts";
import type { ArchiveStore } from "../../store/archive.ts";

/** Entries forgotten in one step, so short that a page waiting behind it is not felt. */
const STEP = 500;

export interface SweepOptions {
  readonly store: ArchiveStore;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Seconds that an entry is kept; `Infinity` for ever. */
  readonly expiresAfter: () => number;
  readonly signal: AbortSignal;
  readonly log: Log;
}

/** One sweep: oldest first, so that no archive gets a gap (XEP-0313 §"Message retention and deletion"). */
export async function sweep({ store, now, expiresAfter, signal, log }: SweepOptions): Promise<void> {
  const age = expiresAfter();
  if (age === Infinity) return;
  const started = now();
  let entries = 0;
  let more = true;
  while (more && !signal.aborted) {
    const step = await store.expire(started - age * 1000, STEP);
    entries += step.entries;
    more = step.more;
    await nextTurn();
  }
  log.info("sweep", "Expired messages were removed", { entries, seconds: (now() - started) / 1000, finished: !more });
}

/** Lets whatever waits in the event loop go first. */
function nextTurn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}
