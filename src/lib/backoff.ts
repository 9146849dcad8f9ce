/**
 * Time to wait before the next attempt.
 *
 * @module
 */

/** Bounds of the wait, in seconds. */
export interface BackoffLimits {
  readonly initial: number;
  readonly max: number;
}

/**
 * The wait before attempt `attempt` (0 for the first repetition), in seconds: it doubles up to `max`, and lies anywhere in its
 * upper half, so that many components do not come back to a restarted server in step. `random` is from 0 to 1.
 */
export function backoff(attempt: number, { initial, max }: BackoffLimits, random: number): number {
  const wait = Math.min(max, initial * 2 ** Math.min(attempt, 30));
  return wait / 2 + random * wait / 2;
}
