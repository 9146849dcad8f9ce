/**
 * XEP-0313: Message Archive Management, version 1.1.3: the message that each result is (§4.2).
 *
 * @module
 */
import { type Element, xml } from "../xml/element.ts";
import { escapeValue } from "../xml/escape.ts";
import { Opaque } from "../xml/opaque.ts";
import { StanzaError } from "../xmpp/error.ts";
import type { Codec } from "./codec.ts";
import { attribute, onlyChild } from "./reading.ts";
import { formatStamp } from "./xep0082.ts";
import { NS as NS_DELAY } from "./xep0203.ts";
import { forwarded, NS as NS_FORWARD } from "./xep0297.ts";
import { NS } from "./xep0313_form.ts";

/** Facts about an archived message. */
export interface ResultHead {
  readonly id: string;
  /** Id of the query. */
  readonly queryid?: string;
  /** When it was received, in milliseconds since 1970. */
  readonly stamp: number;
}

/** One archived message. */
export interface ArchiveResult extends ResultHead {
  readonly stanza: Element;
}

export const result: Codec<ArchiveResult> = {
  name: "result",
  xmlns: NS,

  read(element): ArchiveResult {
    const { queryid } = element.attrs;
    const { delay, stanza } = forwarded.read(onlyChild(element, "forwarded", NS_FORWARD));
    if (delay === undefined) throw new StanzaError("bad-request", "Found <result/> without <delay/>");
    return { id: attribute(element, "id"), ...(queryid !== undefined && { queryid }), stamp: delay.stamp, stanza };
  },

  write({ id, queryid, stamp, stanza }): Element {
    return xml("result", { xmlns: NS, queryid, id }, forwarded.write({ delay: { stamp }, stanza }));
  },
};

/**
 * Writes a result around a stanza that is serialised already, in `jabber:client`: as the codec does, but the stanza is not
 * parsed again, and no element is built for each of the thousands of results a second, which takes three times as long.
 */
export function writeResult({ id, queryid, stamp, stanza }: ResultHead & { readonly stanza: string }): Element {
  const query = queryid === undefined ? "" : ` queryid="${escapeValue(queryid)}"`;
  const delay = `<delay xmlns="${NS_DELAY}" stamp="${formatStamp(stamp)}"/>`;
  const forwarded = `<forwarded xmlns="${NS_FORWARD}">${delay}${stanza}</forwarded>`;
  return new Opaque(`<result xmlns="${NS}"${query} id="${escapeValue(id)}">${forwarded}</result>`);
}

/**
 * Bytes of the largest message that a result can carry. Prosody ends the stream of a component whose stanza has more than
 * 512 KiB, so what is larger could be stored but never read again. The rest is for what is around the message, the archive id
 * and that of the query included, which are bounded where they come in.
 */
const MAX_STANZA = 480 * 1024;

/** True when a stanza is larger than what a result can carry; encodes only one that may be. */
export function exceedsResult(stanza: string): boolean {
  return stanza.length > MAX_STANZA ||
    (stanza.length * 3 > MAX_STANZA && new TextEncoder().encode(stanza).length > MAX_STANZA);
}
