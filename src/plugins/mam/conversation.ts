/**
 * Elements that make a message conversation (XEP-0313 §"Business Rules"): the one list of them, which modules are told, too.
 *
 * @module
 */
import type { Conversation } from "../../wire/companion.ts";
import { ownNamespace } from "../../wire/message.ts";
import { Element } from "../../xml/element.ts";
import { NS_CLIENT } from "../../xmpp/stanza.ts";

/** Without a name, any element of the namespace counts. */
export const CONVERSATION: readonly Conversation[] = [
  { namespace: NS_CLIENT, name: "body", as: "body" },
  { namespace: NS_CLIENT, name: "subject", as: "subject" },
  // Encryption, with XEP-0380's explanation or without.
  { namespace: "urn:xmpp:eme:0", as: "encrypted" },
  { namespace: "eu.siacs.conversations.axolotl", name: "encrypted", as: "encrypted" }, // XEP-0384, version 0.3
  { namespace: "urn:xmpp:omemo:1", name: "encrypted", as: "encrypted" }, // XEP-0384
  { namespace: "urn:xmpp:omemo:2", name: "encrypted", as: "encrypted" },
  { namespace: "urn:xmpp:openpgp:0", as: "encrypted" }, // XEP-0373
  { namespace: "jabber:x:encrypted", as: "encrypted" }, // XEP-0027
  { namespace: "urn:xmpp:receipts", as: "receipt" }, // XEP-0184
  { namespace: "urn:xmpp:chat-markers:0", as: "marker" }, // XEP-0333
  { namespace: "jabber:x:conference", name: "x", as: "invitation" }, // XEP-0249
  { namespace: "http://jabber.org/protocol/muc#user", name: "x", child: "invite", as: "invitation" }, // XEP-0045 §7.8.2
  { namespace: "urn:xmpp:jingle-message:0", as: "call" }, // XEP-0353
  { namespace: "urn:xmpp:jingle-message:1", as: "call" },
  { namespace: "urn:xmpp:message-retract:1", name: "retract", as: "retraction" }, // XEP-0424 §"Business Rules": MUST be stored
  { namespace: "urn:xmpp:message-moderate:1", as: "moderation" }, // XEP-0425
  { namespace: "urn:xmpp:message-moderate:0", as: "moderation" },
  { namespace: "urn:xmpp:fasten:0", name: "apply-to", as: "retraction" }, // XEP-0424, version 0.3
  { namespace: "urn:xmpp:reactions:0", name: "reactions", as: "reaction" }, // XEP-0444
  { namespace: "urn:xmpp:sfs:0", as: "file" }, // XEP-0447
];

type Rules = ReadonlyMap<string, readonly Conversation[]>;

const BY_NAMESPACE: Rules = Map.groupBy(CONVERSATION, ({ namespace }) => namespace);

/** Returns the kind of the first content that makes a message conversation; `undefined` where there is none. */
export function contentOf(message: Element): string | undefined {
  for (const child of message.children) {
    const kind = child instanceof Element ? kindOf(child) : undefined;
    if (kind !== undefined) return kind;
  }
  return undefined;
}

/** Returns the kind of each element that makes a message conversation. */
export function contentsOf(message: Element): string[] {
  return message.getChildElements().map(kindOf).filter((kind) => kind !== undefined);
}

function kindOf(child: Element): string | undefined {
  const rules = BY_NAMESPACE.get(ownNamespace(child) ?? NS_CLIENT);
  if (rules === undefined) return undefined;
  const name = child.getName();
  const rule = rules.find((each) => each.name === undefined || each.name === name);
  return rule !== undefined && (rule.child === undefined || child.getChild(rule.child) !== undefined)
    ? rule.as
    : undefined;
}
