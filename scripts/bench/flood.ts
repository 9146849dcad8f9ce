/**
 * Messages as fast as a server takes them, with as little work at both ends as can be: they share the machine.
 *
 * @module
 */
import type { Client } from "../../tests/support/client.ts";

/** Words of messages, 5 to 40 in each. */
const WORDS = "It is the east, and Juliet is the sun. Arise, fair sun, and kill the envious moon".split(" ");

/** From one client to another. */
export class Flood {
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

  /** Sends messages in one go and resolves when the last one was delivered. Returns its body. */
  async send(count: number): Promise<string> {
    const bodies = Array.from({ length: count }, () => this.#body());
    const stanzas = bodies.map((body, i) =>
      `<message to='${this.#to.jid}' type='chat' id='${this.#sent - count + i}'><body>${body}</body></message>`
    );
    const delivered = this.#to.count("</message>", count);
    await this.#from.send(stanzas.join(""));
    await delivered;
    return bodies.at(-1) ?? "";
  }

  #body(): string {
    const number = this.#sent++;
    const words = Array.from({ length: 5 + number * 7 % 36 }, (_, i) => WORDS[(number + i) % WORDS.length]);
    return `${number} ${words.join(" ")}`;
  }
}
