import type { Metrics } from "./metrics.ts";

/** Events of the minute up to a time; the archive's size and the connection as they were then. */
export interface Minute {
  /** Milliseconds since 1970. */
  readonly time: number;
  readonly stored: number;
  readonly lost: number;
  readonly pages: number;
  /** Bytes of the archive on disk. */
  readonly size: number;
  /** True when the stream was open all the time since the last minute. */
  readonly connected: boolean;
}

/** Minutes that are remembered: a day. */
const MINUTES = 24 * 60;

/** The counters of which a minute has the increase. */
const COUNTED = {
  stored: "annals_messages_stored",
  lost: "annals_messages_lost",
  pages: "annals_page_seconds",
  failures: "annals_stream_failures",
} as const;

type Totals = Readonly<Record<keyof typeof COUNTED, number>>;

/** The last day, minute by minute, in as much memory as that takes and no more. */
export class History {
  readonly #metrics: Metrics;
  readonly #now: () => number;
  readonly #minutes: Minute[] = [];
  #last: Totals;

  constructor(metrics: Metrics, now: () => number) {
    this.#metrics = metrics;
    this.#now = now;
    this.#last = this.#totals();
  }

  /** The oldest first. */
  get minutes(): readonly Minute[] {
    return this.#minutes;
  }

  /** To be called once a minute. */
  note(): void {
    const [before, totals] = [this.#last, this.#totals()];
    this.#last = totals;
    this.#minutes.push({
      time: this.#now(),
      stored: totals.stored - before.stored,
      lost: totals.lost - before.lost,
      pages: totals.pages - before.pages,
      size: this.#metrics.value("annals_store_bytes"),
      connected: this.#metrics.value("annals_stream_connected") === 1 && totals.failures === before.failures,
    });
    if (this.#minutes.length > MINUTES) this.#minutes.shift();
  }

  #totals(): Totals {
    const entries = Object.entries(COUNTED).map(([key, name]) => [key, this.#metrics.value(name)]);
    return Object.fromEntries(entries) as Totals;
  }
}
