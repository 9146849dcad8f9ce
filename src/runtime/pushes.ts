import type { Element } from "../xml/element.ts";
import { message } from "../xmpp/stanza.ts";
import { Envelope } from "./envelope.ts";
import type { Push } from "./link.ts";

/** Pushes to who asked the component directly: one message each, from who was asked. */
export function pushDirectly(send: (stanza: Element) => Promise<void>): Push {
  return async (payloads, { from, to }) => {
    const envelope = new Envelope((payload) => message(to, from, payload));
    for (const payload of payloads) await send(envelope.around(payload));
  };
}
