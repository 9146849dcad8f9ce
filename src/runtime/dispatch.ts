/**
 * Sends each stanza that arrives where it belongs.
 *
 * @module
 */
import type { Element } from "../xml/element.ts";
import { Jid } from "../xmpp/jid.ts";
import { readError } from "../xmpp/stanza.ts";
import type { Log } from "../log/log.ts";
import { isMilestone } from "../lib/milestone.ts";
import type { PendingRequests } from "./pending.ts";
import type { IncomingMessage } from "./plugin.ts";
import type { Requests } from "./requests.ts";
import type { Router } from "./router.ts";

export interface DispatchOptions {
  readonly router: Router;
  readonly requests: Requests;
  readonly pending: PendingRequests;
  readonly log: Log;
}

/** Makes the function that takes stanzas as they arrive. It never throws: a bad stanza costs a line in the log at most. */
export function dispatcher({ router, requests, pending, log }: DispatchOptions): (stanza: Element) => void {
  // Whoever likes can send what is refused or fails, so the lines get rarer.
  let refused = 0;
  let failures = 0;

  function takeMessage(element: Element): void {
    const from = Jid.parse(element.attrs.from ?? "");
    // A server writes its addresses in normal form; what only looks alike is somebody else's.
    if (from.toString() !== element.attrs.from) {
      return log.debug("address-refused", "A message from an address that is not in normal form", {
        from: from.toString(),
      });
    }
    // RFC 6120 §8.3.1: an error may repeat what it is about, which is not what its sender has to say.
    if (element.attrs.type === "error") {
      return log.debug("message-bounced", "A message came back", { from: from.toString(), error: readError(element) });
    }
    for (const payload of element.getChildElements()) {
      for (const take of router.findTakers(payload)) take1(take, { from, element, payload });
    }
  }

  function take1(take: (message: IncomingMessage) => void | Promise<void>, message: IncomingMessage): void {
    function failed(error: unknown): void {
      if (!isMilestone(++failures)) return;
      const failed_so_far = failures;
      log.error("message-failed", "A message could not be handled", {
        from: message.from.toString(),
        error,
        failed_so_far,
      });
    }
    try {
      take(message)?.catch(failed);
    } catch (error) {
      failed(error);
    }
  }

  return (stanza) => {
    const { type } = stanza.attrs;
    try {
      if (stanza.name === "message") takeMessage(stanza);
      else if (stanza.name === "iq" && (type === "get" || type === "set")) requests.answer(stanza);
      else if (stanza.name === "iq") pending.settle(stanza);
    } catch (error) {
      if (!isMilestone(++refused)) return;
      const refused_so_far = refused;
      log.warn("stanza-refused", "A stanza could not be read", { from: stanza.attrs.from, error, refused_so_far });
    }
  };
}
