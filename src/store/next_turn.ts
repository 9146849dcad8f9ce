import { setImmediate } from "node:timers";

/** Lets whatever waits in the event loop go first. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
