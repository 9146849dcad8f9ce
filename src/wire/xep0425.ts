/**
 * XEP-0425: Moderated Message Retraction, version 0.3.0.
 *
 * @module
 */
import { type Element, xml } from "../xml/element.ts";
import type { Codec } from "./codec.ts";
import { optionalChild } from "./reading.ts";
import { NS as NS_OCCUPANT_ID } from "./xep0421.ts";

export const NS = "urn:xmpp:message-moderate:1";

/** §"Success case": mark on a retraction, or on what was retracted, that a moderator did it. */
export interface Moderated {
  /** Address of the moderator, as the room shows it. */
  readonly by?: string;
  /** XEP-0421: the moderator's. */
  readonly occupantId?: string;
}

export const moderated: Codec<Moderated> = {
  name: "moderated",
  xmlns: NS,

  read(element): Moderated {
    const { by } = element.attrs;
    const occupantId = optionalChild(element, "occupant-id", NS_OCCUPANT_ID)?.attrs.id;
    return { ...by !== undefined && { by }, ...occupantId !== undefined && { occupantId } };
  },

  write({ by, occupantId }): Element {
    return xml(
      "moderated",
      { xmlns: NS, by },
      occupantId === undefined ? undefined : xml("occupant-id", { xmlns: NS_OCCUPANT_ID, id: occupantId }),
    );
  },
};
