/**
 * XEP-0308: Last Message Correction, version 1.2.1.
 *
 * @module
 */
import type { Element } from "../xml/element.ts";

export const NS = "urn:xmpp:message-correct:0";

/** Returns the id of the message that this one corrects; `undefined` where it corrects none. */
export function correctedBy(message: Element): string | undefined {
  return message.getChild("replace", NS)?.attrs.id;
}
