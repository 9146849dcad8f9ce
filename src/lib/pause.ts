/**
 * Waits that a signal ends.
 *
 * @module
 */
import { delay } from "@std/async/delay";

/** Waits so many milliseconds; true when they have passed, false when the signal ended the wait. */
export function pause(milliseconds: number, signal: AbortSignal): Promise<boolean> {
  return delay(milliseconds, { signal }).then(() => true, () => false);
}

export interface RetryOptions {
  /** Milliseconds between two attempts. */
  readonly period: number;
  readonly signal: AbortSignal;
  /** Told of each failure, and of how many there were before it. */
  readonly failed: (error: unknown, before: number) => void;
}

/** Attempts something until it succeeds; returns `undefined` when the signal comes first. */
export async function retry<T>(
  attempt: () => Promise<T>,
  { period, signal, failed }: RetryOptions,
): Promise<T | undefined> {
  for (let before = 0; !signal.aborted; before++) {
    try {
      return await attempt();
    } catch (error) {
      failed(error, before);
      await pause(period, signal);
    }
  }
  return undefined;
}
