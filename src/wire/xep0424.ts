/**
 * XEP-0424: Message Retraction, version 0.4.2.
 *
 * @module
 */
import { type Element, xml } from "../xml/element.ts";
import type { Codec } from "./codec.ts";
import { attribute, optionalChild, optionalText, readStamp } from "./reading.ts";
import { formatStamp } from "./xep0082.ts";
import { type Moderated, moderated, NS as NS_MODERATE } from "./xep0425.ts";

export const NS = "urn:xmpp:message-retract:1";

/** Feature of an archive that replaces what is retracted (§"Tombstones"). */
export const NS_TOMBSTONE = `${NS}#tombstone`;

/** The part of a retraction, and of a tombstone, that a room writes for a moderator (XEP-0425). */
export interface Moderation {
  readonly moderated?: Moderated;
  readonly reason?: string;
}

/** §"Use Case": a message with this retracts another. */
export interface Retract extends Moderation {
  /** Id of the message; in rooms the stanza-id that the room gave it. */
  readonly id: string;
}

/** §"Tombstones". */
export interface Retracted extends Moderation {
  /** Id of the message that retracted it. */
  readonly id?: string;
  /** When that was, in milliseconds since 1970. */
  readonly stamp?: number;
}

export const retract: Codec<Retract> = {
  name: "retract",
  xmlns: NS,
  read: (element) => ({ id: attribute(element, "id"), ...readModeration(element) }),
  write: ({ id, ...moderation }) => xml("retract", { xmlns: NS, id }, ...writeModeration(moderation)),
};

export const retracted: Codec<Retracted> = {
  name: "retracted",
  xmlns: NS,

  read(element): Retracted {
    const { id, stamp } = element.attrs;
    return {
      ...id !== undefined && { id },
      ...stamp !== undefined && { stamp: readStamp(stamp, 'the attribute "stamp"') },
      ...readModeration(element),
    };
  },

  write: ({ id, stamp, ...moderation }) =>
    xml(
      "retracted",
      { xmlns: NS, id, stamp: stamp === undefined ? undefined : formatStamp(stamp) },
      ...writeModeration(moderation),
    ),
};

function readModeration(element: Element): Moderation {
  const held = optionalChild(element, moderated.name, NS_MODERATE);
  const reason = optionalText(element, "reason", NS);
  return { ...held && { moderated: moderated.read(held) }, ...reason !== undefined && { reason } };
}

function writeModeration({ moderated: held, reason }: Moderation): (Element | undefined)[] {
  return [held && moderated.write(held), reason === undefined ? undefined : xml("reason", {}, reason)];
}
