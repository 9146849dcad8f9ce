/**
 * Routes of stanzas to handlers.
 *
 * @module
 */
import type { Call } from "../wire/codec.ts";
import type { Element } from "../xml/element.ts";
import type { IncomingMessage, MessageRoute, Request } from "./plugin.ts";

/** Answers a request whose payload is still an element: reads, handles and writes in one. */
export type Answer = (payload: Element, request: Request) => Promise<Element | undefined>;

/** Takes a message. */
export type Take = (message: IncomingMessage) => void | Promise<void>;

/** Exact routes: an IQ by type and payload, a message by one of its children. A clash of two IQ routes is an error. */
export class Router {
  readonly #answers = new Map<string, Answer>();
  /** By namespace and name; every copy of a message is looked up here. */
  readonly #takers = new Map<string, Map<string, Set<Take>>>();

  /** Registers the one handler of a kind of request; returns what undoes it. Throws when the route is taken. */
  answer<Q, R>(call: Call<Q, R>, answer: (query: Q, request: Request) => R | Promise<R>): () => void {
    const { type, query, reply } = call;
    const key = `${type} ${query.name} ${query.xmlns}`;
    if (this.#answers.has(key)) {
      throw new Error(`Cannot answer <${query.name} xmlns="${query.xmlns}"/> (${type}) twice: another plugin does so`);
    }
    this.#answers.set(key, async (payload, request) => {
      const result = await answer(query.read(payload), request);
      return reply?.write(result);
    });
    return () => this.#answers.delete(key);
  }

  /** Registers a taker of messages; returns what undoes it. */
  take(route: MessageRoute, take: Take): () => void {
    const ofNamespace = this.#takers.get(route.xmlns) ?? new Map<string, Set<Take>>();
    const takers = ofNamespace.get(route.name) ?? new Set();
    this.#takers.set(route.xmlns, ofNamespace.set(route.name, takers.add(take)));
    return () => takers.delete(take);
  }

  /** The handler of a request; `undefined` when there is none (RFC 6120 §8.4: `service-unavailable`). */
  findAnswer(type: string, payload: Element): Answer | undefined {
    return this.#answers.get(`${type} ${payload.getName()} ${payload.getNS() ?? ""}`);
  }

  /** The takers of messages with such a child. */
  findTakers(payload: Element): Iterable<Take> {
    return this.#takers.get(payload.getNS() ?? "")?.get(payload.getName()) ?? [];
  }
}
