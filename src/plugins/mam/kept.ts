/**
 * The part of a message that is kept.
 *
 * @module
 */
import { withoutNamespaces, withoutStanzaIds } from "../../wire/message.ts";
import { exceedsResult } from "../../wire/xep0313_result.ts";
import { Element } from "../../xml/element.ts";
import { serialize } from "../../xml/writer.ts";
import { Jid } from "../../xmpp/jid.ts";
import type { SkipReason } from "./events.ts";
import type { Owner } from "./owners.ts";

/** The text that is kept, or why there is none. */
export type Kept =
  | { readonly stanza: string; readonly skipped?: never }
  | { readonly stanza?: never; readonly skipped: SkipReason };

/** The text of a message as its owners' archives keep it, without the elements of some namespaces. */
export function textKept(message: Element, owners: readonly Owner[], stripped: ReadonlySet<string>): Kept {
  const kept = withoutNamespaces(message, stripped);
  if (!kept.children.some((child) => child instanceof Element)) return { skipped: "empty when stripped" };
  // XEP-0359 §"Security Considerations": only the archive itself may say under which id it keeps a message.
  const stanza = serialize(withoutStanzaIds(kept, owners.map(({ account }) => account.bare)));
  return exceedsResult(stanza) ? { skipped: "too large" } : { stanza };
}

/** The two ends of a stanza; `undefined` where one cannot be read. */
export function endsOf({ attrs }: Element): { from: Jid; to: Jid } | undefined {
  const from = readAddress(attrs.from);
  // RFC 6120 §10.3.1: without an address, a message is to the account of its sender.
  const to = attrs.to === undefined ? from?.toBare() : readAddress(attrs.to);
  return from && to && { from, to };
}

/** Servers let through addresses that no archive can be kept by; such a message is not ours to judge. */
function readAddress(text: string | undefined): Jid | undefined {
  return text === undefined ? undefined : Jid.tryParse(text);
}
