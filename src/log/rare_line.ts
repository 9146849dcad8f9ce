import type { Fields, Level } from "./log_event.ts";
import type { Log } from "./log.ts";

export interface RareLineOptions {
  readonly level: Exclude<Level, "debug">;
  readonly event: string;
  readonly message: string;
  /** Name of the field that says how often it has happened. */
  readonly count: string;
}

/**
 * Line of the log for what anybody can cause as often as they like: logs the 1st, 2nd, 4th, 8th occurrence and so on, so
 * that nobody can fill the log.
 */
export class RareLine {
  readonly #log: Log;
  readonly #options: RareLineOptions;
  #count = 0;
  /** Number of occurrences when the last line was written. */
  #logged = 0;

  constructor(log: Log, options: RareLineOptions) {
    this.#log = log;
    this.#options = options;
  }

  /** Number of occurrences. */
  get count(): number {
    return this.#count;
  }

  /** True when the log has the last occurrence. */
  get isLogged(): boolean {
    return this.#logged === this.#count;
  }

  /** Counts an occurrence, or several at once. */
  add(fields: Fields = {}, by = 1): void {
    this.#count += by;
    if (this.#count >= 2 * this.#logged) this.write(fields);
  }

  /** Writes the line, however many there were. */
  write(fields: Fields = {}): void {
    this.#logged = this.#count;
    const { level, event, message, count } = this.#options;
    this.#log[level](event, message, { ...fields, [count]: this.#count });
  }
}
