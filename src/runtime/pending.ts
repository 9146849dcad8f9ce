/**
 * Requests of ours that wait for their reply.
 *
 * @module
 */
import type { Call } from "../wire/codec.ts";
import { type Element, xml } from "../xml/element.ts";
import type { Jid } from "../xmpp/jid.ts";
import { StanzaError } from "../xmpp/error.ts";
import { readError } from "../xmpp/stanza.ts";

interface Waiting {
  readonly to: string;
  readonly resolve: (reply: Element) => void;
  readonly reject: (error: Error) => void;
}

/** Default patience with a reply, in seconds. */
const TIMEOUT = 30;

/** Milliseconds after which a question is asked again where its answer may have gone to somebody else. */
const AGAIN = 1000;

/** Options of pending requests. */
export interface PendingOptions {
  /** True when the server may hand a reply to another connection of the same component. */
  readonly oneOfSeveral?: boolean;
}

/** Matches replies to requests by id and by whom was asked (RFC 6120 §8.1.3): an id alone could be guessed by others. */
export class PendingRequests {
  readonly #send: (stanza: Element) => Promise<void>;
  readonly #waiting = new Map<string, Waiting>();
  readonly #oneOfSeveral: boolean;
  /** Start of all ids: where replies go astray, nobody's must be taken for another's. */
  readonly #prefix: string;
  #count = 0;

  constructor(send: (stanza: Element) => Promise<void>, { oneOfSeveral = false }: PendingOptions = {}) {
    this.#send = send;
    this.#oneOfSeveral = oneOfSeveral;
    this.#prefix = oneOfSeveral ? `annals-${crypto.randomUUID()}` : "annals";
  }

  /** Number of requests that wait for their reply. */
  get waiting(): number {
    return this.#waiting.size;
  }

  /** Sends a request and waits for its reply. Rejects with `StanzaError`; `timeout` is in seconds. */
  async ask<Q, R>(to: Jid, call: Call<Q, R>, query: Q, options: { timeout?: number } = {}): Promise<R> {
    const { timeout = TIMEOUT } = options;
    const id = `${this.#prefix}-${++this.#count}`;
    const reply = Promise.withResolvers<Element>();
    this.#waiting.set(id, { to: to.toString(), resolve: reply.resolve, reject: reply.reject });
    const timer = setTimeout(() => {
      reply.reject(new StanzaError("remote-server-timeout", `No reply within ${timeout} seconds`));
    }, timeout * 1000);
    const write = () => xml("iq", { type: call.type, to: to.toString(), id }, call.query.write(query));
    const again = this.#oneOfSeveral && call.type === "get"
      ? setInterval(() => this.#send(write()).catch(reply.reject), AGAIN)
      : undefined;
    try {
      const sent = this.#send(write());
      // While the server takes nothing, the request may be given up before it has left.
      const [iq] = await Promise.all([reply.promise, sent]);
      const payload = iq.getChildElements()[0];
      if (call.reply === undefined) return undefined as R;
      if (payload === undefined) throw new StanzaError("undefined-condition", "The reply is empty");
      return call.reply.read(payload);
    } finally {
      clearTimeout(timer);
      clearInterval(again);
      this.#waiting.delete(id);
    }
  }

  /** Hands a reply (an IQ of type `result` or `error`) to who waits for it; `false` when nobody does. */
  settle(iq: Element): boolean {
    const waiting = this.#waiting.get(iq.attrs.id ?? "");
    if (waiting === undefined || waiting.to !== iq.attrs.from) return false;
    if (iq.attrs.type === "error") waiting.reject(readError(iq));
    else waiting.resolve(iq);
    return true;
  }

  /** Ends every wait: the stream that the replies would have come on is gone. */
  abandon(): void {
    for (const { reject } of this.#waiting.values()) {
      reject(new StanzaError("remote-server-timeout", "The connection to the server was lost"));
    }
  }
}
