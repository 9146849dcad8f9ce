/**
 * Entries that one host's module has handed over since its greeting, and their acknowledgements.
 *
 * @module
 */
import { Chain } from "../../../lib/chain.ts";
import type { Log } from "../../../log/log.ts";
import type { Batch, Deleted } from "../../../wire/companion_handover.ts";
import type { Element } from "../../../xml/element.ts";

/** Batches and deletions that may be on their way: what a module sends beyond that has no bound. */
const WINDOW = 4;

export interface HandoverOptions {
  /** Takes an entry; resolves with whether the module need not keep it any longer. After the signal it comes again. */
  readonly take: (entry: Element, ending: AbortSignal) => Promise<boolean>;
  /** Forgets an account; resolves with `false` when it could not before the signal. */
  readonly forget: (user: string, signal: AbortSignal) => Promise<boolean>;
  readonly acknowledge: (seq: number) => Promise<void>;
  readonly log: Log;
}

/**
 * Takes entries at once, in their order, so that a request that comes later finds it; and acknowledged in its order,
 * when it and all before it is dealt with. Where the module would have to keep something all the same, nothing from
 * there on is acknowledged.
 */
export class Handover {
  readonly #options: HandoverOptions;
  readonly #ending = new AbortController();
  #taken = 0;
  #acknowledged = 0;
  #outOfTurn = false;
  /** False from where the module must keep something. */
  #isFine = true;
  readonly #chain = new Chain();

  constructor(options: HandoverOptions) {
    this.#options = options;
  }

  takeBatch({ seq, entries }: Batch): void {
    if (!this.#isNext(seq)) return;
    const outcomes = new Set(entries.map((entry) => this.#options.take(entry, this.#ending.signal)));
    this.#deal(seq, async () => (await Promise.all(outcomes)).every((fine) => fine));
  }

  /** Takes a deletion. What the account was sent before is stored first, so that nothing comes after it. */
  takeDeleted({ seq, user }: Deleted): void {
    if (!this.#isNext(seq)) return;
    this.#deal(seq, () => this.#options.forget(user, this.#ending.signal));
  }

  /** Ends it with the stream: what is not acknowledged will be handed over again. */
  end(): void {
    this.#ending.abort();
  }

  /** Resolves when all that was taken is dealt with, or given up. */
  settled(): Promise<void> {
    return this.#chain.settled();
  }

  /** An acknowledgement covers all before it, so nothing may be left out. */
  #isNext(seq: number): boolean {
    const fits = seq === this.#taken + 1 && this.#taken - this.#acknowledged < WINDOW && !this.#outOfTurn;
    if (fits) {
      this.#taken = seq;
    } else if (!this.#outOfTurn) {
      this.#outOfTurn = true;
      this.#options.log.error(
        "handover-out-of-turn",
        "A module skipped a sequence number; nothing more is taken from it",
        {
          found: seq,
          taken: this.#taken,
          acknowledged: this.#acknowledged,
        },
      );
    }
    return fits;
  }

  #deal(seq: number, work: () => Promise<boolean>): void {
    this.#chain.add(async () => {
      this.#isFine &&= await this.#acknowledge(seq, work);
    });
  }

  async #acknowledge(seq: number, work: () => Promise<boolean>): Promise<boolean> {
    try {
      if (!await work()) return false;
      this.#acknowledged = seq;
      if (!this.#ending.signal.aborted) await this.#options.acknowledge(seq);
      return true;
    } catch (error) {
      this.#options.log.debug("ack-lost", "A module could not be told what is stored", { error });
      return false;
    }
  }
}
