/**
 * Sessions of local accounts that are online, as far as the copies of their stanzas show. Needed only to tell how many
 * copies a server that copies at every hop makes of one message.
 *
 * @module
 */
import type { MessageTraits } from "../../../wire/message.ts";
import type { Jid } from "../../../xmpp/jid.ts";
import { BoundedMap } from "../../../lib/bounded_map.ts";

/** Accounts remembered at once. */
const SIZE = 50_000;
/** Sessions of one account remembered; servers allow fewer. */
const MOST_OF_ONE = 100;

/** Online sessions, by account. */
export class Sessions {
  /** For each bare JID, the priority of each resource (RFC 6121 §4.7.2.3). */
  readonly #accounts = new BoundedMap<string, Map<string, number>>(SIZE);

  /** A session broadcast its presence. */
  available(session: Jid, priority: number): void {
    const sessions = this.#accounts.get(session.bare) ?? new Map<string, number>();
    if (sessions.size < MOST_OF_ONE || sessions.has(session.resource)) sessions.set(session.resource, priority);
    this.#accounts.set(session.bare, sessions);
  }

  /** A session went. */
  unavailable(session: Jid): void {
    const sessions = this.#accounts.get(session.bare) ?? new Map<string, number>();
    sessions.delete(session.resource);
    this.#accounts.set(session.bare, sessions);
  }

  /**
   * To how many sessions a server delivers a message (RFC 6121 §8.5.2.1.1, §8.5.3): the one that is addressed; otherwise
   * those of the highest priority that is not negative. `undefined` for an account that was never seen.
   */
  receivers(to: Jid, type: MessageTraits["type"]): number | undefined {
    const sessions = this.#accounts.get(to.bare);
    if (sessions === undefined) return undefined;
    if (to.resource !== "" && sessions.has(to.resource)) return 1;
    if (to.resource !== "" && type !== "chat" && type !== "normal") return 0;
    const priorities = [...sessions.values()].filter((priority) => priority >= 0);
    const highest = Math.max(...priorities);
    return priorities.filter((priority) => priority === highest).length;
  }
}
