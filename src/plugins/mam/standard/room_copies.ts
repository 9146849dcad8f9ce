/**
 * Private messages of rooms (XEP-0045 §7.5), which a room sends to each session of an occupant.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { BoundedMap } from "../../../lib/bounded_map.ts";
import type { MessageTraits } from "../../../wire/message.ts";
import type { Element } from "../../../xml/element.ts";
import type { Jid } from "../../../xmpp/jid.ts";

const NS_MUC_USER = "http://jabber.org/protocol/muc#user";

/** Messages that are remembered. */
const SIZE = 10_000;

/** Milliseconds within which a room sends its copies. */
const WINDOW = 5_000;

/** Tells the first copy of a room's private message to an account from those for its other sessions. */
export class RoomCopies {
  /** When each was seen first, in milliseconds since 1970; by a digest, as what is remembered must not grow with messages. */
  readonly #seen = new BoundedMap<string, number>(SIZE);

  /** Reports whether another session of the account was sent the same message. */
  isRepeated(
    message: Element,
    { traits, from, to }: { traits: MessageTraits; from: Jid; to: Jid },
    now: number,
  ): boolean {
    if (traits.type === "groupchat" || traits.type === "error" || from.isBare || to.isBare) return false;
    if (message.getChild("x", NS_MUC_USER) === undefined) return false;
    const parts = [to.bare, from.toString(), message.attrs.id ?? message.getChildText("body") ?? ""];
    const key = createHash("sha256").update(parts.join("\n")).digest("base64");
    const seen = this.#seen.get(key);
    if (seen !== undefined && now - seen < WINDOW) return true;
    this.#seen.set(key, now);
    return false;
  }
}
