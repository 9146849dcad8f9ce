/**
 * Named events of plugins.
 *
 * @module
 */
import { type AnyPlugin, type Event, type EventTokens, RUNTIME_EVENTS } from "./plugin.ts";

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

/** The tokens of the runtime and of these plugins. Throws where two of them have one name. */
export function eventsOf(plugins: readonly AnyPlugin[]): EventTokens {
  const tokens = new Map(Object.entries<EventTokens[string]>(RUNTIME_EVENTS));
  for (const { name, events = {} } of plugins) {
    for (const [token, event] of Object.entries(events)) {
      if (tokens.has(token)) {
        throw new Error(`Cannot declare the event "${token}" of the plugin "${name}": there is one`);
      }
      tokens.set(token, event);
    }
  }
  return Object.fromEntries(tokens);
}
