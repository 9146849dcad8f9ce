import { setImmediate } from "node:timers";

/** Lets whatever waits in the event loop go first. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/**
 * Lets the network go first, too, in the middle of long work: the runtime looks at it when nothing else is ready, or else at
 * each 61st turn only (Tokio's `event_interval`). Takes a millisecond.
 */
export function networkTurn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
}
