/**
 * Authors of messages, as far as an archive can tell one from another.
 *
 * @module
 */
import { NS_MUC_USER } from "../../../wire/xep0045.ts";
import type { Element } from "../../../xml/element.ts";
import { Jid } from "../../../xmpp/jid.ts";
import { readSender } from "../../../wire/room_sender.ts";

/** Author of a message. Nobody is the author of one that says nothing of it. */
export interface Author {
  /** Bare JID; full where a room hands a private message on, as only the nickname tells its occupants apart. */
  readonly jid?: string;
  /** XEP-0421; of messages to a room only. */
  readonly occupantId?: string;
}

/** Returns the author of a message in an account's archive (XEP-0424 §"Business Rules": the same bare JID). */
export function authorOf(message: Element, archive: string): Author {
  const from = Jid.tryParse(message.attrs.from ?? "");
  if (from === undefined) return {};
  const isHandedOn = from.bare !== archive && message.getChild("x", NS_MUC_USER) !== undefined;
  return { jid: isHandedOn ? from.toString() : from.bare };
}

/**
 * Returns the author of a message in a room's archive, by the text that is kept beside it: anybody can write an occupant-id where
 * the room writes none.
 */
export function authorInRoom(beside: string | undefined): Author {
  const { jid, occupantId } = readSender(beside);
  return { ...jid && { jid: jid.bare }, ...occupantId !== undefined && { occupantId } };
}

/** True for the same author: by the occupant-id where both have one, else by the JID. */
export function isSameAuthor(one: Author, other: Author): boolean {
  if (one.occupantId !== undefined && other.occupantId !== undefined) return one.occupantId === other.occupantId;
  return one.jid !== undefined && one.jid === other.jid;
}
