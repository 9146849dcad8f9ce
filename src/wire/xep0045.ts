/**
 * XEP-0045: Multi-User Chat, version 1.35: who an occupant is (§7.2.2).
 *
 * @module
 */
import { type Element, xml } from "../xml/element.ts";
import { serialize } from "../xml/writer.ts";
import type { Jid } from "../xmpp/jid.ts";
import { withoutNamespaces } from "./message.ts";

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

/**
 * Returns a message as a room's archive keeps it (XEP-0313 §"MUC Archives"): without `to`, and without any `<x/>`, which its
 * sender may have written. Whoever may see the sender gets one that the archive writes.
 */
export function asArchived(message: Element): Element {
  const kept = withoutNamespaces(message, new Set([NS_MUC_USER]));
  if (kept.attrs.to === undefined) return kept;
  const { to: _, ...attrs } = kept.attrs;
  const copy = xml(kept.name, attrs);
  copy.parent = kept.parent;
  for (const child of kept.children) copy.cnode(child);
  return copy;
}

/** Adds `<x/>` to a message that is serialised already, in `jabber:client`, as its last child. */
export function withMucUser(message: string, item: MucItem): string {
  const x = serialize(writeMucUser(item));
  if (message.endsWith("/>")) return `${message.slice(0, -2)}>${x}</message>`;
  const end = message.lastIndexOf("</");
  return message.slice(0, end) + x + message.slice(end);
}
