/**
 * People who talk, scroll back, and now and then change their preferences.
 *
 * @module
 */
import { delay } from "@std/async/delay";
import { archivePage } from "../../tests/support/archive.ts";
import type { Client } from "../../tests/support/client.ts";
import { setPreferences } from "../../src/wire/xep0441.ts";
import { Jid } from "../../src/xmpp/jid.ts";

/** Actions a second, of all people together. */
const RATES = { talk: 20, scroll: 2, choose: 0.2 };

const PAGE = 50;

/** Figures of a while. */
export interface Told {
  /** Milliseconds from sending to receiving, in ascending order. */
  readonly messages: readonly number[];
  /** Milliseconds from asking for a page to its end, in ascending order. */
  readonly pages: readonly number[];
  /** Failures, in words. */
  readonly failures: readonly string[];
}

/** Everybody who is logged in. */
export class People {
  readonly #clients: readonly Client[];
  /** Position of each reader; `""` at the end of the archive. */
  readonly #places = new Map<Client, string>();
  #messages: number[] = [];
  #pages: number[] = [];
  #failures: string[] = [];
  #count = 0;

  constructor(clients: readonly Client[]) {
    this.#clients = clients;
  }

  /** They go on until what is returned is disposed of. */
  begin(): AsyncDisposable {
    const over = new AbortController();
    const deeds = [
      this.#again(RATES.talk, () => this.#talk(), over.signal),
      this.#again(RATES.scroll, () => this.#scroll(), over.signal),
      this.#again(RATES.choose, () => this.#choose(), over.signal),
    ];
    return {
      async [Symbol.asyncDispose](): Promise<void> {
        over.abort();
        await Promise.all(deeds);
      },
    };
  }

  /** Returns the figures since the last call. */
  tell(): Told {
    const [messages, pages] = [this.#messages, this.#pages].map((times) => times.sort((a, b) => a - b));
    const told = { messages: messages ?? [], pages: pages ?? [], failures: this.#failures };
    [this.#messages, this.#pages, this.#failures] = [[], [], []];
    return told;
  }

  /** Does it at an even rate, however long each time takes. */
  async #again(perSecond: number, deed: () => Promise<void>, signal: AbortSignal): Promise<void> {
    const underWay = new Set<Promise<void>>();
    const start = performance.now();
    for (let done = 1; !signal.aborted; done++) {
      const one = deed().catch((error) => void this.#failures.push(String(error))).finally(() => underWay.delete(one));
      underWay.add(one);
      await delay(start + done * 1000 / perSecond - performance.now(), { signal }).catch(() => {});
    }
    await Promise.all(underWay);
  }

  async #talk(): Promise<void> {
    const [from, to] = [this.#anybody(), this.#anybody()];
    const body = `${++this.#count} ${"What's in a name? ".repeat(1 + this.#count % 8)}`;
    const start = performance.now();
    const arrived = to.message(body);
    const stanza = `<message to='${to.jid}' type='chat' id='${from.uniqueId()}'><body>${body}</body>` +
      `<request xmlns='urn:xmpp:receipts'/><active xmlns='http://jabber.org/protocol/chatstates'/></message>`;
    await Promise.all([from.send(stanza), arrived]);
    this.#messages.push(performance.now() - start);
  }

  async #scroll(): Promise<void> {
    const reader = this.#anybody();
    const start = performance.now();
    const page = await archivePage(reader, { page: { max: PAGE, before: this.#places.get(reader) ?? "" } });
    this.#pages.push(performance.now() - start);
    // The message that a place was named by may be forgotten by the time of the next look.
    if (page.error !== undefined && page.error !== "item-not-found") throw new Error(`No page: ${page.error}`);
    this.#places.set(reader, page.complete ? "" : page.first ?? "");
  }

  async #choose(): Promise<void> {
    const never = [Jid.of(`tybalt${this.#count}`, "example.test")];
    const wanted = setPreferences.query.write({ default: "always", always: [], never });
    const reply = await this.#anybody().request("set", wanted);
    if (reply.attrs.type !== "result") throw new Error(`Preferences were refused: ${reply}`);
  }

  #anybody(): Client {
    const client = this.#clients[Math.floor(Math.random() * this.#clients.length)];
    if (client === undefined) throw new RangeError("Found nobody to write to, expected a person");
    return client;
  }
}
