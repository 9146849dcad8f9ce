/**
 * Children of a message that say how to treat it, and copies of a message without some of its children.
 *
 * @module
 */
import { Element, xml } from "../xml/element.ts";
import { tryPrepareJid } from "../xmpp/prepared_jid.ts";
import { NS_CLIENT } from "../xmpp/stanza.ts";
import { parseStamp } from "./xep0082.ts";
import { NS as NS_SID } from "./xep0359.ts";

/** RFC 6121 §5.2.2. */
export type MessageType = "normal" | "chat" | "headline" | "groupchat" | "error";

/** Kind of a message that carries another, or the end of a page, rather than being one between people. */
export type Wrapper = "carbon" | "archive result" | "delegation" | "privilege";

/** Type of a message, and the children that say how to treat it. */
export interface MessageTraits {
  readonly type: MessageType;
  readonly thread?: string;
  /** XEP-0334 §4.4. */
  readonly store: boolean;
  /** XEP-0334 §4.2. */
  readonly noStore: boolean;
  /** XEP-0334 §4.1. */
  readonly noPermanentStore: boolean;
  readonly wrapper?: Wrapper;
  /** The first delay (XEP-0203); its stamp, in milliseconds since 1970, is left out when it is none. */
  readonly delay?: { readonly stamp?: number; readonly from?: string };
}

type Draft = { -readonly [K in keyof MessageTraits]: MessageTraits[K] };

const TYPES: ReadonlySet<string> = new Set<MessageType>(["normal", "chat", "headline", "groupchat", "error"]);

/** Changes the traits by a child of the message. */
type Mark = (traits: Draft, name: string, child: Element) => void;

const delegation: Mark = (traits) => traits.wrapper ??= "delegation";
const privilege: Mark = (traits) => traits.wrapper ??= "privilege";

/** By namespace of the child. */
const MARKS: ReadonlyMap<string, Mark> = new Map<string, Mark>([
  ["urn:xmpp:hints", (traits, name) => {
    if (name === "store") traits.store = true;
    else if (name === "no-store") traits.noStore = true;
    else if (name === "no-permanent-store") traits.noPermanentStore = true;
  }],
  ["urn:xmpp:carbons:2", (traits, name) => {
    if (name === "sent" || name === "received") traits.wrapper ??= "carbon";
  }],
  ["urn:xmpp:delegation:1", delegation],
  ["urn:xmpp:delegation:2", delegation],
  ["urn:xmpp:privilege:1", privilege],
  ["urn:xmpp:privilege:2", privilege],
  ["urn:xmpp:delay", (traits, name, child) => {
    if (name === "delay") traits.delay ??= readDelay(child);
  }],
]);

/** Describes a message by its type and children. */
export function describeMessage(message: Element): MessageTraits {
  const traits: Draft = {
    type: readType(message.attrs["type"]),
    store: false,
    noStore: false,
    noPermanentStore: false,
  };
  for (const child of message.children) {
    if (child instanceof Element) markChild(traits, child);
  }
  return traits;
}

/** RFC 6121 §5.2.2: a type that is missing or not known is "normal". */
function readType(type: string | undefined): MessageType {
  return type !== undefined && TYPES.has(type) ? type as MessageType : "normal";
}

function markChild(traits: Draft, child: Element): void {
  const name = child.getName();
  const xmlns = ownNamespace(child);
  if (xmlns === undefined) {
    if (name === "thread") traits.thread ??= child.getText();
    return;
  }
  const mark = MARKS.get(xmlns);
  if (mark !== undefined) mark(traits, name, child);
  else if (xmlns.startsWith("urn:xmpp:mam:") && (name === "result" || name === "fin")) {
    traits.wrapper ??= "archive result";
  }
}

/**
 * The namespace of a child, `undefined` when it is that of the message. The message may be alone, on a stream or inside
 * another stanza, so only what is written on the child tells.
 */
export function ownNamespace(child: Element): string | undefined {
  const xmlns = child.name.includes(":") ? child.getNS() : child.attrs["xmlns"];
  return xmlns === NS_CLIENT ? undefined : xmlns;
}

function readDelay({ attrs: { stamp, from } }: Element): { stamp?: number; from?: string } {
  const ms = stamp === undefined ? undefined : parseStamp(stamp);
  return { ...(ms !== undefined && { stamp: ms }), ...(from !== undefined && { from }) };
}

/**
 * The message without its children of these namespaces; the same element when there are none, else a copy, to which the
 * other children then belong.
 */
export function withoutNamespaces(message: Element, namespaces: ReadonlySet<string>): Element {
  return without(message, (child) => namespaces.has(ownNamespace(child) ?? ""));
}

/**
 * The message without the stanza-ids that claim to be from these archives, which only we may give out (XEP-0359 §3,
 * rule 2); otherwise as `withoutNamespaces`. `by` holds bare JIDs. Whoever compares addresses as people type them must not
 * take another's id for the archive's, so an id goes when its `by` means an archive in any spelling.
 */
export function withoutStanzaIds(message: Element, by: readonly string[]): Element {
  return without(message, (child) => {
    if (child.getName() !== "stanza-id" || ownNamespace(child) !== NS_SID) return false;
    const claimed = child.attrs["by"];
    return claimed !== undefined && (by.includes(claimed) || by.includes(tryPrepareJid(claimed)?.toString() ?? ""));
  });
}

function without(message: Element, unwanted: (child: Element) => boolean): Element {
  const isUnwanted = (child: Element | string) => child instanceof Element && unwanted(child);
  // Most messages stay as they are.
  if (!message.children.some(isUnwanted)) return message;
  const kept = message.children.filter((child) => !isUnwanted(child));
  const copy = xml(message.name, message.attrs);
  // What is declared around the message stays in scope.
  copy.parent = message.parent;
  for (const child of kept) copy.cnode(child);
  return copy;
}
