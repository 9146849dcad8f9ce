/**
 * Times of messages while something else goes on.
 *
 * @module
 */
import { delay } from "@std/async/delay";
import type { Client } from "../../tests/support/client.ts";

/** Messages a second: what every server here takes without being busy. */
const RATE = 25;

/** Milliseconds that a message may take. */
const PATIENCE = 120_000;

/** Two people who talk at an even rate, whether or not they are answered. */
export class Chat {
  readonly #from: Client;
  readonly #to: Client;
  #sent = 0;

  constructor(from: Client, to: Client) {
    this.#from = from;
    this.#to = to;
  }

  /** Number of messages sent so far. */
  get sent(): number {
    return this.#sent;
  }

  /** Talks until it is over. Returns the milliseconds from sending to delivery of each message, in ascending order. */
  async talk(over: AbortSignal): Promise<number[]> {
    const underWay: Promise<number>[] = [];
    const start = performance.now();
    for (let due = 1; !over.aborted; due++) {
      underWay.push(this.#message());
      await delay(Math.max(0, start + due * 1000 / RATE - performance.now()));
    }
    return (await Promise.all(underWay)).sort((a, b) => a - b);
  }

  async #message(): Promise<number> {
    const body = `chat ${++this.#sent} Wherefore art thou Romeo?`;
    const stanza = `<message to='${this.#to.jid}' type='chat' id='chat${this.#sent}'><body>${body}</body></message>`;
    const start = performance.now();
    const arrived = this.#to.receive((one) => one.getChildText("body") === body, `"${body}"`, PATIENCE);
    await Promise.all([this.#from.send(stanza), arrived]);
    return performance.now() - start;
  }
}
