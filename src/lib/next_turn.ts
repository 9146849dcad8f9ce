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

/** Milliseconds that the network may have to wait for many short steps, each of which would else cost it a timer. */
const LOOK = 8;

/** Between the steps of long work: returns what lets others go first each time, and the network every few milliseconds. */
export function turns(): () => Promise<void> {
  let looked = performance.now();
  return async () => {
    if (performance.now() - looked < LOOK) return await nextTurn();
    await networkTurn();
    looked = performance.now();
  };
}
