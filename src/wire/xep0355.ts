/**
 * XEP-0355: Namespace Delegation, version 0.5; and 0.4, which differs in the namespace only.
 *
 * @module
 */
import { type Element, xml } from "../xml/element.ts";
import { StanzaError } from "../xmpp/error.ts";
import { attribute, onlyChild } from "./reading.ts";
import { forwarded, NS as NS_FORWARD } from "./xep0297.ts";

export const NS = "urn:xmpp:delegation:2";

/** Version 0.4, which ejabberd speaks. */
export const NS_1 = "urn:xmpp:delegation:1";

/** A version of the protocol: an answer is in the one that it was asked in. */
export type DelegationNs = typeof NS | typeof NS_1;

/** True when a namespace is a version of this protocol. */
export function isDelegationNs(xmlns: string | undefined): xmlns is DelegationNs {
  return xmlns === NS || xmlns === NS_1;
}

/** Reads from `<delegation/>` which namespaces are delegated (§4.2). */
export function readGrant(element: Element): string[] {
  return element.getChildren("delegated", element.getNS()).map((delegated) => attribute(delegated, "namespace"));
}

/** Reads the request inside `<delegation/>` (§4.3). */
export function readDelegated(element: Element): Element {
  const { stanza } = forwarded.read(onlyChild(element, "forwarded", NS_FORWARD));
  if (stanza.getName() !== "iq") {
    throw new StanzaError("bad-request", `Found a delegated <${stanza.getName()}/>, expected <iq/>`);
  }
  return stanza;
}

/** Wraps the answer to a delegated request (§4.3). */
export function writeDelegated(xmlns: DelegationNs, iq: Element): Element {
  return xml("delegation", { xmlns }, forwarded.write({ stanza: iq }));
}

/** A disco node by which a server asks what it should add to its own features (§7.2). */
export interface DelegationNode {
  readonly ns: DelegationNs;
  /** The namespace that is delegated. */
  readonly namespace: string;
  /** True when the features are those of each bare JID rather than those of the server. */
  readonly bare: boolean;
}

const NODE = /^(.+?)(::|:bare:)(.+)$/s;

/** Reads a disco node, `NS::namespace` or `NS:bare:namespace`; `undefined` when it is another's. */
export function parseNode(node: string): DelegationNode | undefined {
  const [, ns, separator, namespace] = NODE.exec(node) ?? [];
  if (!isDelegationNs(ns) || namespace === undefined) return undefined;
  return { ns, namespace, bare: separator === ":bare:" };
}
