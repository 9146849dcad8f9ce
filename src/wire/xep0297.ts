/**
 * XEP-0297: Stanza Forwarding, version 1.0.
 *
 * @module
 */
import { type Child, Element, xml } from "../xml/element.ts";
import { StanzaError } from "../xmpp/error.ts";
import { asClient, NS_CLIENT } from "../xmpp/stanza.ts";
import type { Codec } from "./codec.ts";
import { optionalChild } from "./reading.ts";
import { type Delay, delay, NS as NS_DELAY } from "./xep0203.ts";

export const NS = "urn:xmpp:forward:0";

export interface Forwarded {
  /** When the stanza was received. */
  readonly delay?: Delay;
  readonly stanza: Element;
}

export const forwarded: Codec<Forwarded> = {
  name: "forwarded",
  xmlns: NS,

  read(element): Forwarded {
    const held = optionalChild(element, "delay", NS_DELAY);
    const [stanza, second] = element.children.filter(isStanza);
    if (stanza === undefined || second !== undefined) {
      throw new StanzaError(
        "bad-request",
        `Found ${stanza ? "several stanzas" : "no stanza"} in <forwarded/>, expected one`,
      );
    }
    return { ...(held && { delay: delay.read(held) }), stanza };
  },

  write({ delay: held, stanza }): Element {
    return xml("forwarded", { xmlns: NS }, held && delay.write(held), asClient(stanza));
  },
};

/** §3.2, rule 3: where a forwarded stanza says no namespace of its own, that of a client is meant. */
export function clientStanza(stanza: Element): Element {
  if (stanza.getNS() === NS_CLIENT) return stanza;
  const copy = asClient(stanza);
  // What is declared around it stays in scope.
  copy.parent = stanza.parent;
  return copy;
}

/** §3.2, rule 3: one that says no namespace of its own is meant to be in that of a client. */
function isStanza(child: Child): child is Element {
  if (!(child instanceof Element)) return false;
  const name = child.getName();
  if (name !== "message" && name !== "presence" && name !== "iq") return false;
  const xmlns = child.getNS();
  return xmlns === NS_CLIENT || xmlns === NS || xmlns === undefined;
}
