/**
 * Decisions about messages: which are conversation (XEP-0313 §"Business Rules"). The module in a server decides alike.
 *
 * @module
 */
import type { Element } from "../../xml/element.ts";
import { contentOf } from "./conversation.ts";
import type { Candidate, Verdict } from "./events.ts";

/** XEP-0490 §"Server assist": for the server alone, which takes it out. */
const NS_MDS = "urn:xmpp:mds:displayed:0";

/** Namespaces whose elements are taken out of messages: those of the configuration, and those that the server must take out. */
export function strippedNamespaces(configured: readonly string[]): ReadonlySet<string> {
  return new Set([...configured, NS_MDS]);
}

/** The default verdict. A hint not to store outweighs all else, also on errors, which may bring the hints of their message back. */
export function shouldStore(candidate: Candidate): Verdict {
  const { message, traits } = candidate;
  if (traits.noStore || traits.noPermanentStore) return "hint";
  if (traits.type === "headline") return "headline";
  // The room archives it (XEP-0313 §"MUC Archives").
  if (traits.type === "groupchat") return "groupchat";
  if (traits.type === "error") return isBounce(candidate) ? true : "error";
  if (traits.store) return true;
  return contentOf(message) !== undefined ? true : "no content";
}

/** The default verdict on what a room broadcasts. A room archives its subjects and what its occupants say. */
export function shouldStoreInRoom({ message, traits }: Candidate): Verdict {
  if (traits.noStore || traits.noPermanentStore) return "hint";
  if (traits.type === "error") return "error";
  return traits.store || contentOf(message) !== undefined ? true : "no content";
}

/**
 * True for an error that says what became of a message in the archive. It comes to the session that has sent that; errors to
 * the bare JID answer the account's PEP notifications. ejabberd sends the message back in it, Prosody its id alone.
 */
function isBounce({ message, direction, toResource, answersLeftOut }: Candidate): boolean {
  if (direction !== "incoming" || !toResource || answersLeftOut) return false;
  return !bringsMessageBack(message) || contentOf(message) !== undefined;
}

/** RFC 6120 §8.3.1: the error stanza may include the XML that was sent. */
function bringsMessageBack(error: Element): boolean {
  return error.getChildElements().some((child) => child.getName() !== "error");
}
