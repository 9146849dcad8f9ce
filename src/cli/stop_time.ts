import type { Log } from "../log/log.ts";

/** Milliseconds that a stop may take while archives whose files are gone are being saved, since the last step of that. */
const SAVING = 60_000;

/** Milliseconds between two requests for more time. */
const INTERVAL = 10_000;

export interface StopTimeOptions {
  /** Milliseconds that a stop may take without a reason. */
  readonly grace: number;
  /** Tells the service manager. */
  readonly tell: (assignment: string) => unknown;
  readonly log: Log;
}

/** Time that a stop may take: a moment, but longer as long as saving what would be lost makes progress. */
export class StopTime implements Disposable {
  /** Resolves when it is over. */
  readonly over: Promise<void>;
  readonly #options: StopTimeOptions;
  readonly #end: () => void;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #begun = false;
  /** Share that is saved, while something is. */
  #saved: number | undefined;
  #toldAt = -Infinity;

  constructor(options: StopTimeOptions) {
    this.#options = options;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.over = promise;
    this.#end = resolve;
  }

  /** Hears how far saving has come, from 0 to 1. */
  readonly saving = (share: number): void => {
    this.#saved = share < 1 ? share : undefined;
    if (this.#begun) this.#restart();
  };

  /** Starts to count. */
  begin(): void {
    this.#begun = true;
    this.#restart();
  }

  /** Sentence about what is lost where it ends now; empty where nothing is. */
  get loss(): string {
    if (this.#saved === undefined) return "";
    return `. What the archives held is lost: their files are gone, and ${Math.floor(this.#saved * 100)} % was saved`;
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
  }

  #restart(): void {
    const { grace, tell, log } = this.#options;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      log.error("stop-late", `Cannot stop in time, ending all the same${this.loss}`);
      this.#end();
    }, this.#saved === undefined ? grace : SAVING);
    if (this.#saved === undefined || performance.now() - this.#toldAt < INTERVAL) return;
    this.#toldAt = performance.now();
    // Microseconds from now (sd_notify(3)): until the next request, the last of these times, and the rest of the stop.
    tell(`EXTEND_TIMEOUT_USEC=${(INTERVAL + SAVING + grace) * 1000}`);
  }
}
