/**
 * XEP-0203: Delayed Delivery, version 2.0.
 *
 * @module
 */
import { type Element, xml } from "../xml/element.ts";
import type { Codec } from "./codec.ts";
import { attribute, readStamp } from "./reading.ts";
import { formatStamp } from "./xep0082.ts";

export const NS = "urn:xmpp:delay";

export interface Delay {
  /** When the stanza was first sent, in milliseconds since 1970. */
  readonly stamp: number;
  /** Entity that held it up. */
  readonly from?: string;
  readonly reason?: string;
}

export const delay: Codec<Delay> = {
  name: "delay",
  xmlns: NS,

  read(element): Delay {
    const { from } = element.attrs;
    const reason = element.getText();
    return {
      stamp: readStamp(attribute(element, "stamp"), 'the attribute "stamp"'),
      ...(from !== undefined && { from }),
      ...(reason !== "" && { reason }),
    };
  },

  write({ stamp, from, reason }): Element {
    return xml("delay", { xmlns: NS, stamp: formatStamp(stamp), from }, reason);
  },
};
