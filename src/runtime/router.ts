/**
 * Routes of stanzas to handlers.
 *
 * @module
 */
import type { Call } from "../wire/codec.ts";
import type { Element } from "../xml/element.ts";
import type { Jid } from "../xmpp/jid.ts";
import type { IncomingMessage, MessageRoute, Request } from "./plugin.ts";

/** Answers a request whose payload is still an element: reads, handles and writes in one. */
export type Answer = (payload: Element, request: Request) => Promise<Element | undefined>;

/** Takes a message. */
export type Take<T> = (message: IncomingMessage<T>) => void | Promise<void>;

/** Receiver of the messages of one route. */
export interface Taker {
  /** Takes a message with the child that matched. */
  receive(from: Jid, element: Element, payload: Element): void | Promise<void>;
}

class Hook<T> implements Taker {
  readonly #route: MessageRoute<T>;
  readonly #take: Take<T>;

  constructor(route: MessageRoute<T>, take: Take<T>) {
    this.#route = route;
    this.#take = take;
  }

  receive(from: Jid, element: Element, payload: Element): void | Promise<void> {
    return this.#take(new Received(from, element, payload, this.#route));
  }
}

class Received<T> implements IncomingMessage<T> {
  readonly from: Jid;
  readonly element: Element;
  readonly payload: Element;
  readonly #route: MessageRoute<T>;

  constructor(from: Jid, element: Element, payload: Element, route: MessageRoute<T>) {
    this.from = from;
    this.element = element;
    this.payload = payload;
    this.#route = route;
  }

  read(): T {
    const route = this.#route;
    // A route that reads nothing is one of elements.
    return route.read === undefined ? this.payload as T : route.read(this.payload);
  }
}

/** Exact routes: an IQ by type and payload, a message by one of its children. A clash of two IQ routes is an error. */
export class Router {
  readonly #answers = new Map<string, Answer>();
  /** By namespace and name; every copy of a message is looked up here. */
  readonly #takers = new Map<string, Map<string, Set<Taker>>>();

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
  take<T = Element>(route: MessageRoute<T>, take: Take<T>): () => void {
    const ofNamespace = this.#takers.get(route.xmlns) ?? new Map<string, Set<Taker>>();
    const takers = ofNamespace.get(route.name) ?? new Set();
    const taker = new Hook(route, take);
    this.#takers.set(route.xmlns, ofNamespace.set(route.name, takers.add(taker)));
    return () => takers.delete(taker);
  }

  /** The handler of a request; `undefined` when there is none (RFC 6120 §8.4: `service-unavailable`). */
  findAnswer(type: string, payload: Element): Answer | undefined {
    return this.#answers.get(`${type} ${payload.getName()} ${payload.getNS() ?? ""}`);
  }

  /** The takers of messages with such a child. */
  findTakers(payload: Element): Iterable<Taker> {
    return this.#takers.get(payload.getNS() ?? "")?.get(payload.getName()) ?? [];
  }
}
