/**
 * Tasks that are run again and again.
 *
 * @module
 */
import type { Log } from "../log/log.ts";
import { pause } from "./pause.ts";

/** Milliseconds. Longer waits are made of these, so that an interval changed by a reload is noticed. */
const LONGEST_WAIT = 30_000;

export interface Repetition {
  /** Names the task in the log. */
  readonly task: string;
  /** Seconds between the end of one run and the start of the next; asked again while waiting. */
  readonly seconds: () => number;
  readonly run: () => void | Promise<void>;
  readonly signal: AbortSignal;
  readonly log: Log;
}

/**
 * Runs a task at once and then on its interval, until the signal; never two runs at a time. A run that fails is logged, and
 * the next comes all the same. Resolves when the last run has ended.
 */
export async function repeat({ task, seconds, run, signal, log }: Repetition): Promise<void> {
  while (!signal.aborted) {
    try {
      await run();
    } catch (error) {
      log.error("task-failed", "A regular task failed; it is tried again at its next turn", { task, error });
    }
    // The time of day may be put back; a sweep must not wait until it has caught up.
    const ended = performance.now();
    let left = 0;
    while ((left = ended + seconds() * 1000 - performance.now()) > 0 && !signal.aborted) {
      await pause(Math.min(left, LONGEST_WAIT), signal);
    }
  }
}
