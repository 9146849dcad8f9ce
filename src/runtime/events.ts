/**
 * Named events of plugins.
 *
 * @module
 */
import type { Event } from "./plugin.ts";

// deno-lint-ignore no-explicit-any -- the token of the event ties the types together
type Handler = (value: any) => any;

/** The handlers of each event, in the order in which they joined. Events are known by name, across module boundaries. */
export class Events {
  readonly #handlers = new Map<string, Set<Handler>>();

  /** Joins an event; returns what undoes it. */
  on<E, V>(event: Event<E, V>, handler: (value: E) => V | undefined): () => void {
    const handlers = this.#handlers.get(event.name) ?? new Set();
    this.#handlers.set(event.name, handlers.add(handler));
    return () => handlers.delete(handler);
  }

  /** The first verdict, or `undefined` when no handler gives one. */
  fire<E, V>(event: Event<E, V>, value: E): V | undefined {
    for (const handler of this.#handlers.get(event.name) ?? []) {
      const verdict = handler(value);
      if (verdict !== undefined) return verdict;
    }
    return undefined;
  }
}
