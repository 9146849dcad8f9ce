/**
 * Retractions (XEP-0424, XEP-0425): what one names, and by whom.
 *
 * @module
 */
import { ownNamespace } from "../../../wire/message.ts";
import { type Moderation, NS, retract } from "../../../wire/xep0424.ts";
import { Element } from "../../../xml/element.ts";
import { StanzaError } from "../../../xmpp/error.ts";
import { type Author, authorInRoom, authorOf } from "./author.ts";

/** Most characters of an id that is looked for or referred to, and of a reason that is kept. */
const MOST_ID = 1024;
const MOST_REASON = 1000;

/** Archive that a retraction came into. */
export interface Place {
  /** Bare JID of its owner. */
  readonly archive: string;
  /** True for the archive of a room. */
  readonly isRoom: boolean;
}

/** A retraction in an archive. */
export interface Retraction extends Moderation {
  /** Id of the message that it names; in rooms the archive id. */
  readonly target: string;
  /** Bare JID of the other end: it names a message of the same conversation. */
  readonly with: string;
  readonly author: Author;
  /** Id of the message that retracts. */
  readonly id?: string;
  /** When it was received, in milliseconds since 1970. */
  readonly stamp: number;
}

/** A message that came into an archive. */
export interface Arrival {
  readonly message: Element;
  readonly time: number;
  readonly with: string;
  readonly beside?: string | undefined;
}

/**
 * Reads a retraction; `undefined` where the message is none, or nobody may retract in this way. Moderation is believed from the
 * room alone (XEP-0425 §"Business Rules").
 */
export function readRetraction({ message, time, beside, ...arrival }: Arrival, place: Place): Retraction | undefined {
  const element = retractIn(message);
  const type = message.attrs.type;
  if (element === undefined || type === "error" || (type === "groupchat") !== place.isRoom) return undefined;
  const read = tryRead(element);
  if (read === undefined || read.id === "" || read.id.length > MOST_ID) return undefined;
  const { id: target, moderated, reason } = read;
  const isModeration = place.isRoom && message.attrs.from === place.archive && moderated !== undefined;
  if (moderated !== undefined && !isModeration) return undefined;
  const { id = "" } = message.attrs;
  const author = place.isRoom ? authorInRoom(beside) : authorOf(message, place.archive);
  if (!isModeration && author.jid === undefined && author.occupantId === undefined) return undefined;
  return {
    target,
    with: arrival.with,
    author: isModeration ? {} : author,
    stamp: time,
    ...id !== "" && id.length <= MOST_ID && { id },
    ...isModeration && { moderated },
    ...isModeration && reason !== undefined && { reason: reason.slice(0, MOST_REASON).toWellFormed() },
  };
}

/** True for a message that retracts: it is kept as it is, whoever retracts it in turn. */
export function isRetraction(message: Element): boolean {
  return retractIn(message) !== undefined;
}

/** True for a message that was retracted. */
export function isTombstone(message: Element): boolean {
  return message.getChild("retracted", NS) !== undefined;
}

function retractIn(message: Element): Element | undefined {
  return message.children.find((child): child is Element => (
    child instanceof Element && child.getName() === retract.name && ownNamespace(child) === NS
  ));
}

function tryRead(element: Element): ReturnType<typeof retract.read> | undefined {
  try {
    return retract.read(element);
  } catch (error) {
    if (error instanceof StanzaError) return undefined;
    throw error;
  }
}
