/**
 * RFC 6121 §4.7: presence, as far as it tells which sessions are online.
 *
 * @module
 */
import type { Element } from "../xml/element.ts";

/** Session that a broadcast presence speaks of. */
export interface Presence {
  /** `false` when the session goes offline (§4.5). */
  readonly available: boolean;
  /** §4.7.2.3: from -128 to 127; 0 when it is not given, or is no number. */
  readonly priority: number;
}

/** Reads a presence broadcast; `undefined` for subscriptions, probes and errors (§4.7.1). */
export function readPresence(presence: Element): Presence | undefined {
  const { type } = presence.attrs;
  if (type !== undefined && type !== "unavailable") return undefined;
  const priority = Number(presence.getChildText("priority") ?? 0);
  return { available: type === undefined, priority: Number.isInteger(priority) ? priority : 0 };
}
