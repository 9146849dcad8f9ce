/**
 * Owners of the archives that a copy of a message belongs to.
 *
 * @module
 */
import type { ArchiveId } from "../../store/id.ts";
import type { Jid } from "../../xmpp/jid.ts";

/** Place of a message in an archive, as a module inside the server says it. */
export interface Stamp {
  readonly id: ArchiveId;
  /**
   * True when the other end is in the owner's roster; only where Annals decides whether the owner keeps the message.
   */
  readonly inRoster?: boolean;
}

/** A message that waited, by what tells it from others of its sender. */
export interface Waited {
  readonly host: string;
  readonly id: string | undefined;
  readonly body: string | null;
  /** When the server received it, in milliseconds since 1970. */
  readonly since: number;
}

/** An archive that a message may go to, and the other end as that archive sees it. */
export interface Owner {
  readonly account: Jid;
  /** XEP-0441 §"JID matching": the `to` of an outgoing message, the `from` of an incoming one. */
  readonly peer: Jid;
  readonly direction: "incoming" | "outgoing";
  /** Stamp of the module inside the server that handed the message over. */
  readonly stamp?: Stamp;
  /** Set for a message handed over at its delivery, which the archive may have from when it was sent. */
  readonly waited?: Waited;
}

/**
 * The accounts of `host` that sent or received a message. A server vouches for its own accounts only: where the two ends
 * are on two virtual hosts, each of them hands over a copy of its own.
 */
export function ownersOf(host: string, from: Jid, to: Jid): Owner[] {
  const owners: Owner[] = [];
  if (from.domain === host && from.local !== "") {
    owners.push({ account: from.toBare(), peer: to, direction: "outgoing" });
  }
  const toSelf = from.bare === to.bare;
  if (to.domain === host && to.local !== "" && !toSelf) {
    owners.push({ account: to.toBare(), peer: from, direction: "incoming" });
  }
  return owners;
}
