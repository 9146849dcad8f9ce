/**
 * XEP-0045: Multi-User Chat, version 1.35: who an occupant is (§7.2.2).
 *
 * @module
 */
import { type Element, xml } from "../xml/element.ts";
import { serialize } from "../xml/writer.ts";
import type { Jid } from "../xmpp/jid.ts";

export const NS_MUC_USER = "http://jabber.org/protocol/muc#user";

/** An occupant, as those see him who may. */
export interface MucItem {
  /** The real JID. */
  readonly jid: Jid;
  readonly affiliation?: string;
  readonly role?: string;
}

/** Builds `<x/>` with an occupant. */
export function writeMucUser({ jid, affiliation, role }: MucItem): Element {
  return xml("x", { xmlns: NS_MUC_USER }, xml("item", { affiliation, role, jid: jid.toString() }));
}

/** Adds `<x/>` to a message that is serialised already, in `jabber:client`, as its last child. */
export function withMucUser(message: string, item: MucItem): string {
  const x = serialize(writeMucUser(item));
  if (message.endsWith("/>")) return `${message.slice(0, -2)}>${x}</message>`;
  const end = message.lastIndexOf("</");
  return message.slice(0, end) + x + message.slice(end);
}
