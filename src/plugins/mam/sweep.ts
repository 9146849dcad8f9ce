/**
 * Retention: forgets what is older than `archive_expires_after`, in steps that let everything else go on.
 *
 * @module
 */
import type { Log } from "../../runtime/log.ts";
import type { ArchiveStore } from "../../store/archive.ts";
import { nextTurn } from "../../store/next_turn.ts";
import { sweepTime } from "./sweep_time.ts";

/** Entries forgotten in one step, so short that a page waiting behind it is not felt. */
const STEP = 500;

export interface SweepOptions {
  readonly store: ArchiveStore;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Seconds that an entry is kept; `Infinity` for ever. */
  readonly expiresAfter: () => number;
  /** Seconds between sweeps. */
  readonly interval: () => number;
  readonly signal: AbortSignal;
  readonly log: Log;
}

/** What a sweep came to. */
export interface Swept {
  readonly entries: number;
  readonly seconds: number;
}

/** One sweep: oldest first, so that no archive gets a gap (XEP-0313 §"Message retention and deletion"). Of nothing where all is kept. */
export async function sweep(
  { store, now, expiresAfter, interval, signal, log }: SweepOptions,
): Promise<Swept | undefined> {
  const age = expiresAfter();
  if (age === Infinity) return undefined;
  const started = now();
  const { time, heldBack } = sweepTime(started, store.sweptAt, interval() * 1000);
  if (heldBack > 0) {
    log.warn("sweep-held-back", "The clock is far ahead of the last sweep: this one moves on by a day only", {
      days_ahead: Math.round(heldBack / 86_400_000),
    });
  }
  await store.noteSweep(time);
  let entries = 0;
  let more = true;
  while (more && !signal.aborted) {
    const step = await store.expire(time - age * 1000, STEP);
    entries += step.entries;
    more = step.more;
    await nextTurn();
  }
  const swept = { entries, seconds: (now() - started) / 1000 };
  log.info("sweep", "Expired messages were removed", { ...swept, finished: !more });
  return swept;
}
