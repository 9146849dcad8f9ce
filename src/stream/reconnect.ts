/**
 * Keeps a stream: whenever it is lost, there is soon another.
 *
 * @module
 */
import { backoff, type BackoffLimits } from "../lib/backoff.ts";
import { pause } from "../lib/pause.ts";
import { ConnectionError } from "./error.ts";

/** Milliseconds that a stream must have lasted for the next attempt to be a first one again. */
const STABLE = 60_000;

/** Seconds between two looks whether the place of another connection is free: whoever stands by takes over in no more than that. */
const STANDBY = 4;

export interface ReconnectOptions {
  /** Connects, and uses the stream until it ends; calls `opened` once it is open. */
  use(opened: () => void): Promise<void>;
  /** Told why there is no stream, and after how many seconds there is a new attempt. */
  waiting(reason: ConnectionError, seconds: number): void;
  readonly limits: () => BackoffLimits;
  readonly signal: AbortSignal;
}

/**
 * Goes on for ever, until the signal. Rejects only when a server refuses the component that never was connected: then it is
 * the configuration that is wrong, and an operator is there to see it; later it is the server that is being changed.
 */
export async function reconnect({ use, waiting, limits, signal }: ReconnectOptions): Promise<void> {
  let everOpen = false;
  for (let attempt = 0; !signal.aborted; attempt++) {
    let openSince = Infinity;
    try {
      await use(() => {
        everOpen = true;
        openSince = performance.now();
      });
    } catch (error) {
      if (!(error instanceof ConnectionError) || (error.failure === "refused" && !everOpen)) throw error;
      if (signal.aborted) return;
      if (performance.now() - openSince > STABLE) attempt = 0;
      // That there is another is no failure that gets worse with time.
      const isTaken = error.failure === "conflict";
      if (isTaken) attempt = 0;
      const seconds = backoff(attempt, isTaken ? { ...limits(), initial: STANDBY } : limits(), Math.random());
      waiting(error, seconds);
      await pause(seconds * 1000, signal);
    }
  }
}
