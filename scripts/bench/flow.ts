/**
 * Messages that keep arriving.
 *
 * @module
 */
import { delay } from "@std/async/delay";
import type { Peer } from "./peer.ts";
import type { Talk } from "./talk.ts";

/** Messages a second: a busy server, which leaves Annals room. */
export const FLOW = 2_000;

/** Messages that arrive at an even rate until it is disposed of. */
export class Flow implements AsyncDisposable {
  readonly #begun = Promise.withResolvers<void>();
  readonly #ended: Promise<void>;
  #over = false;

  constructor(peer: Peer, talk: Talk) {
    this.#ended = this.#run(peer, talk);
  }

  /** Resolves when the first messages have been handed over. */
  begun(): Promise<void> {
    return this.#begun.promise;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#over = true;
    await this.#ended;
  }

  async #run(peer: Peer, talk: Talk): Promise<void> {
    const start = performance.now();
    for (let sent = 0; !this.#over;) {
      const due = Math.floor((performance.now() - start) / 1000 * FLOW) - sent;
      if (due > 0) {
        await peer.say(talk.next(due));
        this.#begun.resolve();
      }
      sent += due;
      await delay(2);
    }
  }
}
