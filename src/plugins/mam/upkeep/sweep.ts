/**
 * Retention: forgets what is older than `archive_expires_after`, and what archives hold beyond `archive_max_messages`, in steps
 * that let everything else go on.
 *
 * @module
 */
import type { Log } from "../../../log/log.ts";
import type { ArchiveStore, Expired } from "../../../store/archive.ts";
import { turns } from "../../../lib/next_turn.ts";
import type { MamOptions } from "../options.ts";
import { isNotable, sweepTime } from "./sweep_time.ts";

/** Entries forgotten in one step, so short that a page waiting behind it is not felt: half a millisecond. */
const STEP = 200;

/** The same where they lie apart from each other: a millisecond. */
const TRIM_STEP = 50;

/** Options that say what is kept. */
export type Retention = Pick<MamOptions, "archive_expires_after" | "archive_max_messages">;

export interface SweepOptions {
  readonly store: ArchiveStore;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly retention: Retention;
  /** Milliseconds that this sweep may move on from the one before, whatever the clock says; `Infinity` where it is trusted. */
  readonly allowance: number;
  readonly signal: AbortSignal;
  readonly log: Log;
}

/** Counts of a sweep. */
export interface Swept {
  readonly entries: number;
  readonly seconds: number;
}

/** One sweep: oldest first, so that no archive gets a gap (XEP-0313 §"Message retention and deletion"). Of nothing where all is kept. */
export async function sweep(options: SweepOptions): Promise<Swept | undefined> {
  const { store, now, retention, log } = options;
  const { archive_expires_after: age, archive_max_messages: most } = retention;
  if (age === Infinity && most === "unlimited") return undefined;
  const started = now();
  const nothing = { entries: 0, more: false };
  const expired = age === Infinity ? nothing : await expire(options, age);
  const trimmed = most === "unlimited" ? nothing : await inSteps(options, () => store.trim(most, TRIM_STEP));
  const seconds = (now() - started) / 1000;
  const removed = expired.entries + trimmed.entries;
  log[removed > 0 ? "info" : "debug"](
    "sweep",
    removed > 0 ? "Expired messages were removed" : "No message has expired",
    {
      entries: expired.entries,
      ...most !== "unlimited" && { beyond_limit: trimmed.entries },
      seconds,
      finished: !expired.more && !trimmed.more,
    },
  );
  return { entries: removed, seconds };
}

async function expire({ store, now, allowance, signal, log }: SweepOptions, age: number): Promise<Expired> {
  const last = store.sweptAt;
  const believed = sweepTime(now(), { last, newest: store.newestNumber, allowance });
  const { time, heldBack } = believed;
  if (isNotable(believed)) {
    log.warn(
      "sweep-held-back",
      "The clock is far ahead of the last sweep; messages expire by an estimated time instead",
      {
        days_ahead: Math.round(heldBack / 86_400_000),
        hint: 'if the clock is right, it is caught up with by and by, or by "annals sweep --trust-clock" at once',
      },
    );
  }
  // A clock that is put back must not have to be caught up with when it is put right.
  await store.noteSweep(Math.max(last, time));
  return await inSteps({ signal }, () => store.expire(time - age * 1000, STEP));
}

/** Does all there is to do, a step a turn of the event loop, unless it is told to stop. */
async function inSteps({ signal }: Pick<SweepOptions, "signal">, step: () => Promise<Expired>): Promise<Expired> {
  const turn = turns();
  let entries = 0;
  let more = true;
  while (more && !signal.aborted) {
    const expired = await step();
    entries += expired.entries;
    more = expired.more;
    await turn();
  }
  return { entries, more };
}
