/**
 * Sends each stanza that arrives where it belongs.
 *
 * @module
 */
import type { Element } from "../xml/element.ts";
import { Jid } from "../xmpp/jid.ts";
import { readError } from "../xmpp/stanza.ts";
import type { Log } from "../log/log.ts";
import { RareLine } from "../log/rare_line.ts";
import type { PendingRequests } from "./pending.ts";
import type { Requests } from "./requests.ts";
import type { Router, Taker } from "./router.ts";

export interface DispatchOptions {
  readonly router: Router;
  readonly requests: Requests;
  readonly pending: PendingRequests;
  readonly log: Log;
}

/** Makes the function that takes stanzas as they arrive. It never throws: a bad stanza costs a line in the log at most. */
export function dispatcher({ router, requests, pending, log }: DispatchOptions): (stanza: Element) => void {
  const refused = new RareLine(log, {
    level: "warn",
    event: "stanza-refused",
    message: "A stanza could not be read",
    count: "refused_so_far",
  });
  const failures = new RareLine(log, {
    level: "error",
    event: "message-failed",
    message: "A message could not be handled",
    count: "failed_so_far",
  });

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
      for (const taker of router.findTakers(payload)) hand(taker, from, element, payload);
    }
  }

  function hand(taker: Taker, from: Jid, element: Element, payload: Element): void {
    const failed = (error: unknown) => failures.add({ from: from.toString(), error });
    try {
      taker.receive(from, element, payload)?.catch(failed);
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
      refused.add({ from: stanza.attrs.from, error });
    }
  };
}
