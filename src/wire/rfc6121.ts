/**
 * RFC 6121: Instant Messaging and Presence, §2: the roster.
 *
 * @module
 */
import { type Element, xml } from "../xml/element.ts";
import { Jid } from "../xmpp/jid.ts";
import { bareElement, type Call } from "./codec.ts";

export const NS = "jabber:iq:roster";

export interface RosterItem {
  readonly jid: Jid;
  /** §2.1.2.5: `none`, `to`, `from` or `both`. */
  readonly subscription: string;
  readonly name?: string;
}

/** §2.1.3. */
export const getRoster: Call<void, readonly RosterItem[]> = {
  type: "get",
  query: bareElement("query", NS),
  reply: {
    name: "query",
    xmlns: NS,
    read: (element) => element.getChildren("item", NS).flatMap((item) => readItem(item) ?? []),
    write: (items) =>
      xml(
        "query",
        { xmlns: NS },
        ...items.map(({ jid, subscription, name }) => xml("item", { jid: jid.toString(), subscription, name })),
      ),
  },
};

/** One bad contact, which a gateway may have put there, must not cost the user the others: it is left out. */
function readItem(element: Element): RosterItem | undefined {
  const { jid, subscription = "none", name } = element.attrs;
  const contact = jid === undefined ? undefined : parse(jid);
  return contact && { jid: contact, subscription, ...(name !== undefined && { name }) };
}

function parse(jid: string): Jid | undefined {
  try {
    return Jid.parse(jid);
  } catch {
    return undefined;
  }
}
