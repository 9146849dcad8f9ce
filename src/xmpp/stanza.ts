/**
 * Stanzas (RFC 6120 §8) as elements: answers to requests, and errors both ways.
 *
 * In memory a stanza has no `xmlns`: it is in the namespace of its stream. One that travels inside another element
 * gets `jabber:client` when it is written.
 *
 * @module
 */
import { type Child, Element, xml } from "../xml/element.ts";
import { Opaque } from "../xml/opaque.ts";
import { isCondition, StanzaError } from "./error.ts";
import type { ErrorType } from "./error.ts";
import type { Jid } from "./jid.ts";

/** Stanzas between a client and its server (RFC 6120 §4.8.2), and those carried inside others. */
export const NS_CLIENT = "jabber:client";

/** The stream of a component (XEP-0114). */
export const NS_COMPONENT = "jabber:component:accept";

/** The conditions of stanza errors (RFC 6120 §8.3.2). */
export const NS_STANZAS = "urn:ietf:params:xml:ns:xmpp-stanzas";

/** Addresses and id of a request, from which an answer is made. */
export interface Addresses {
  readonly id?: string | undefined;
  readonly from?: Jid | string | undefined;
  readonly to?: Jid | string | undefined;
}

/** A message with one payload. */
export function message(from: Jid, to: Jid, payload: Child): Element {
  return xml("message", { from: from.toString(), to: to.toString() }, payload);
}

/** The successful answer to a request (RFC 6120 §8.2.3). */
export function iqResult(request: Element | Addresses, payload?: Child): Element {
  return xml("iq", { type: "result", ...returnAddresses(request) }, payload);
}

/** The refusal of a request (RFC 6120 §8.3.1). */
export function iqError(request: Element | Addresses, error: StanzaError): Element {
  return xml("iq", { type: "error", ...returnAddresses(request) }, writeError(error));
}

function returnAddresses(request: Element | Addresses): Record<string, string | undefined> {
  const { id, from, to }: Addresses = request instanceof Element ? request.attrs : request;
  return { id, from: to?.toString(), to: from?.toString() };
}

/** Writes `<error/>` (RFC 6120 §8.3.2). */
export function writeError(error: StanzaError): Element {
  return xml(
    "error",
    { type: error.type },
    xml(error.condition, { xmlns: NS_STANZAS }),
    error.text === "" ? undefined : xml("text", { xmlns: NS_STANZAS }, error.text),
  );
}

const ERROR_TYPES: ReadonlySet<string> = new Set<ErrorType>(["auth", "cancel", "continue", "modify", "wait"]);

/**
 * Reads the error that a stanza carries, or an `<error/>` itself. Never fails, since it is what a failure is learned
 * from: what is missing or unknown becomes `undefined-condition` and the type usual for the condition.
 */
export function readError(element: Element): StanzaError {
  const error = element.getName() === "error" ? element : element.getChild("error");
  const conditions = error?.getChildElements().filter((child) => child.getNS() === NS_STANZAS) ?? [];
  const condition = conditions.map((child) => child.getName()).find(isCondition) ?? "undefined-condition";
  const text = error?.getChildText("text", NS_STANZAS) ?? "";
  const type = error?.attrs["type"];
  return new StanzaError(condition, text, isErrorType(type) ? { type } : {});
}

function isErrorType(type: string | undefined): type is ErrorType {
  return type !== undefined && ERROR_TYPES.has(type);
}

/**
 * The stanza as it travels inside another element: in `jabber:client`, which one that is serialised already has to say.
 * A copy, to which the children then belong.
 */
export function asClient(stanza: Element): Element {
  if (stanza instanceof Opaque || stanza.attrs["xmlns"] === NS_CLIENT) return stanza;
  const copy = xml(stanza.name, { ...stanza.attrs, xmlns: NS_CLIENT });
  for (const child of stanza.children) copy.cnode(child);
  return copy;
}
