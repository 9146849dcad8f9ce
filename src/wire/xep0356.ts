/**
 * XEP-0356: Privileged Entity, version 0.4.1; and 0.3, which differs in the namespace and has no "iq".
 *
 * @module
 */
import { type Element, xml } from "../xml/element.ts";
import { forwarded } from "./xep0297.ts";

export const NS = "urn:xmpp:privilege:2";

/** Version 0.3, which ejabberd speaks before 24.10. */
export const NS_1 = "urn:xmpp:privilege:1";

/** A version of the protocol: what is sent is in the one that the grant came in. */
export type PrivilegeNs = typeof NS | typeof NS_1;

/** True when a namespace is a version of this protocol. */
export function isPrivilegeNs(xmlns: string | undefined): xmlns is PrivilegeNs {
  return xmlns === NS || xmlns === NS_1;
}

const REQUESTS = ["none", "get", "set", "both"] as const;
const MESSAGES = ["none", "outgoing"] as const;
const PRESENCES = ["none", "managed_entity", "roster"] as const;

/** Requests that one may send. */
export type Requests = typeof REQUESTS[number];

/** Grants of a server; what it does not speak of is absent. */
export interface Grant {
  /** §4.2: requests about users' rosters. */
  readonly roster?: Requests;
  /** §5.2: messages in the name of the server's accounts. */
  readonly message?: typeof MESSAGES[number];
  /** §7: presence of the users themselves, or of their contacts too. */
  readonly presence?: typeof PRESENCES[number];
  /** §6.2: requests in the name of a user, by namespace. */
  readonly iq?: ReadonlyMap<string, Requests>;
}

/** Reads `<privilege/>`. What is unknown grants nothing: newer versions may speak of more. */
export function readGrant(element: Element): Grant {
  const xmlns = element.getNS();
  const perms = new Map(element.getChildren("perm", xmlns).map((perm) => [perm.attrs["access"], perm]));
  const typeOf = (access: string): string | undefined => perms.get(access)?.attrs["type"];
  const roster = REQUESTS.find((type) => type === typeOf("roster"));
  const message = MESSAGES.find((type) => type === typeOf("message"));
  const presence = PRESENCES.find((type) => type === typeOf("presence"));
  const iq = perms.get("iq");
  return {
    ...(roster && { roster }),
    ...(message && { message }),
    ...(presence && { presence }),
    ...(iq && { iq: readNamespaces(iq) }),
  };
}

/** §6.2 nests a `<namespace/>` for each; ejabberd says `type='none'` for none at all. */
function readNamespaces(perm: Element): Map<string, Requests> {
  const namespaces = new Map<string, Requests>();
  for (const { attrs } of perm.getChildren("namespace", perm.getNS())) {
    const requests = REQUESTS.find((type) => type === attrs["type"]);
    if (attrs["ns"] !== undefined && requests !== undefined) namespaces.set(attrs["ns"], requests);
  }
  return namespaces;
}

/** Wraps a message that the server is to send in the name of its `from` (§5.3). */
export function writePrivileged(xmlns: PrivilegeNs, message: Element): Element {
  return xml("privilege", { xmlns }, forwarded.write({ stanza: message }));
}
