/**
 * The contract of a link: how Annals and one host of a server speak to each other.
 *
 * `src/runtime/privileged_link.ts` is the link that every host has (XEP-0355, XEP-0356). A plugin adds others through its
 * context: a link to a host, which takes precedence while it is open, or to a domain of rooms.
 *
 * @module
 */
import type { Element } from "../xml/element.ts";
import type { Jid } from "../xmpp/jid.ts";
import type { LinkFacts } from "./examination.ts";

/** Ends of a request: the requester, and the entity that was asked. */
export interface Ends {
  readonly from: Jid;
  readonly to: Jid;
}

/** Sends each payload to the requester. Resolves when there is room for more. */
export type Push = (payloads: readonly Element[], ends: Ends) => Promise<void>;

/** Access to an archive that is not the requester's own, as the server decided it when it delegated the request. */
export interface Access {
  /** True when the requester may see who sent a message to a room. */
  readonly realJids: boolean;
}

/** Delivery of an answer: how results reach the requester, and whether the server still holds messages for the archive. */
export interface Delivery {
  readonly push: Push;
  readonly behind: boolean;
  /** Absent where the requester may read nothing but an archive of his own. */
  readonly access?: Access;
}

/** A grant that a host has not given, as the log says it. */
export interface MissingGrant {
  readonly event: string;
  readonly text: string;
}

/**
 * Outcome of a look at what a host grants to this connection: `renew` is the reason to connect anew. `needless` where the
 * link needs no grants.
 */
export type Standing = "granted" | "refused" | "unclear" | "needless" | { readonly renew: string };

export interface HostLink {
  /** Domain of the host, or of the rooms. */
  readonly host: string;
  /** True while the host speaks over this link. */
  readonly isOpen: boolean;
  /** True when Annals may serve the host's archives over this link. */
  readonly isReady: boolean;
  /** True when messages come as copies, by rules in the server's configuration. */
  readonly expectsCopies: boolean;
  /** Notes a copy; true when the host hands the message over by another way, so that the copy is a duplicate. */
  noteDuplicate(): boolean;
  /** Returns the delivery for a request delegated under this id; `undefined` when it was delegated over another link. */
  deliver(delegation: Element, id: string): Delivery | undefined;
  /** Returns the grants without which users cannot reach their archives. */
  missing(): readonly MissingGrant[];
  /** Asks the server what this connection is granted, where it may be one of several. */
  standing(): Promise<Standing>;
  /** Examines the host for the doctor; `patience` is in seconds, and a default applies without it. */
  examine(patience?: number): Promise<LinkFacts>;
}
