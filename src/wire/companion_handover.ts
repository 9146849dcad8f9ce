/**
 * The companion protocol, version 1 (scripts/prosody/PROTOCOL.md): messages handed over, accounts that are gone, and that
 * both are dealt with.
 *
 * @module
 */
import { type Element, xml } from "../xml/element.ts";
import { XmlError } from "../xml/error.ts";
import { parse, parseStart } from "../xml/parse.ts";
import { SIZE_ONLY } from "../xml/reader.ts";
import { serialize } from "../xml/writer.ts";
import { StanzaError } from "../xmpp/error.ts";
import { NS_CLIENT } from "../xmpp/stanza.ts";
import type { Codec } from "./codec.ts";
import { NS, readInteger, readUser } from "./companion.ts";
import { attribute, quoted } from "./reading.ts";
import { LATEST } from "./xep0082.ts";

/** Words of a roster about somebody. */
export type RosterWord = "contact" | "stranger";

/** The place of a message in one archive. */
export interface Stamp {
  /** The archive id. */
  readonly id: string;
  /** Word of the owner's roster about the other end, where it is not decided yet if the owner keeps the message. */
  readonly roster?: RosterWord;
}

/** The places of a message, of which there is at least one. */
export interface Stamps {
  /** Its place in the archive of its sender. */
  readonly sent?: Stamp;
  /** Its place in the archive of its recipient. */
  readonly received?: Stamp;
}

/** §"Handing messages over". */
export interface Entry extends Stamps {
  /** When the message was received, in milliseconds since 1970. */
  readonly at: number;
  /** Present where the module has no list of conversation yet, so that Annals judges the message. */
  readonly unjudged?: true;
  readonly message: Element;
}

/** Entries that are not read yet: one that is malformed must not take the others along. */
export interface Batch {
  readonly seq: number;
  readonly entries: readonly Element[];
}

/** §"Accounts": an account that is gone. */
export interface Deleted {
  readonly seq: number;
  readonly user: string;
}

export const batch: Codec<Batch> = {
  name: "batch",
  xmlns: NS,
  read: (element) => ({ seq: readSeq(element), entries: element.getChildren("entry", NS) }),
  write: ({ seq, entries }) => xml("batch", { xmlns: NS, seq: String(seq) }, ...entries),
};

export const entry: Codec<Entry> = {
  name: "entry",
  xmlns: NS,

  read(element): Entry {
    const stamps = readStamps(element);
    const at = readAt(element);
    const unjudged = element.attrs.judge === "true" ? { unjudged: true } as const : {};
    return { at, ...unjudged, ...stamps, message: readMessage(element.getText()) };
  },

  write: ({ at, unjudged, sent, received, message }) =>
    xml(
      "entry",
      {
        xmlns: NS,
        judge: unjudged && "true",
        at: String(at),
        sent: sent?.id,
        "sent-if": sent?.roster,
        received: received?.id,
        "received-if": received?.roster,
      },
      serialize(message),
    ),
};

export const deleted: Codec<Deleted> = {
  name: "deleted",
  xmlns: NS,
  read: (element) => ({ seq: readSeq(element), user: readUser(element) }),
  write: ({ seq, user }) => xml("deleted", { xmlns: NS, seq: String(seq), user }),
};

/** Everything up to this number is dealt with. */
export const ack: Codec<number> = {
  name: "ack",
  xmlns: NS,
  read: readSeq,
  write: (seq) => xml("ack", { xmlns: NS, seq: String(seq) }),
};

/** The attribute "at", a time that a result can say. */
export function readAt(element: Element): number {
  const at = readInteger(attribute(element, "at"), 'the attribute "at"');
  if (at > LATEST) throw new StanzaError("bad-request", `Found the time ${at}, expected one before the year 10000`);
  return at;
}

/** The attribute "seq". */
export function readSeq(element: Element): number {
  return readInteger(attribute(element, "seq"), 'the attribute "seq"');
}

/**
 * Reads what can be of an entry whose message cannot be: its stamps, and the start tag of the message, which says whose they
 * are. Throws `StanzaError` where there is no more.
 */
export function readStart(element: Element): Stamps & Pick<Entry, "message"> {
  const message = parseStart(element.getText());
  if (message === undefined) throw new StanzaError("bad-request", "Found an <entry/> without the start of a message");
  return { ...readStamps(element), message };
}

function readStamps(element: Element): Stamps {
  const sent = readStamp(element, "sent");
  const received = readStamp(element, "received");
  if (sent === undefined && received === undefined) {
    throw new StanzaError("bad-request", 'Found <entry/> without the attributes "sent" and "received", expected one');
  }
  return { ...sent && { sent }, ...received && { received } };
}

function readStamp(element: Element, name: "sent" | "received"): Stamp | undefined {
  const id = element.attrs[name];
  const roster = element.attrs[`${name}-if`];
  if (id === undefined) return undefined;
  if (roster === undefined) return { id };
  if (roster !== "contact" && roster !== "stranger") {
    throw new StanzaError(
      "bad-request",
      `Found ${quoted(roster)} in the attribute "${name}-if", expected contact or stranger`,
    );
  }
  return { id, roster };
}

/** Reads a message. Its errors quote nothing, as that might be private. */
export function readMessage(text: string): Element {
  let message: Element;
  try {
    message = parse(text, SIZE_ONLY);
  } catch (cause) {
    if (!(cause instanceof XmlError)) throw cause;
    throw new StanzaError("bad-request", `Found an <entry/> whose text is no message: ${cause.message}`, { cause });
  }
  const xmlns = message.getNS() ?? NS_CLIENT;
  if (message.getName() !== "message" || xmlns !== NS_CLIENT) {
    throw new StanzaError("bad-request", "Found an <entry/> around something else, expected a message of a client");
  }
  message.attrs.xmlns ??= NS_CLIENT;
  return message;
}
