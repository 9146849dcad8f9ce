/**
 * Whose archives a copy of a message belongs to.
 *
 * @module
 */
import type { ArchiveId } from "../../store/id.ts";
import type { Jid } from "../../xmpp/jid.ts";
import type { Waited } from "./offline.ts";

/** What a module inside the server says of a message's place in an archive. */
export interface Stamp {
  readonly id: ArchiveId;
  /** Whether the other end is in the owner's roster; only where it is left to us to decide whether the owner keeps it. */
  readonly inRoster?: boolean;
}

/** An archive that a message may go to, and the other end as that archive sees it. */
export interface Owner {
  readonly account: Jid;
  /** XEP-0441 §"JID matching": the `to` of an outgoing message, the `from` of an incoming one. */
  readonly peer: Jid;
  readonly direction: "incoming" | "outgoing";
  /** Where a module inside the server handed the message over. */
  readonly stamp?: Stamp;
  /** Where it is handed over at its delivery, and the archive may have it from when it was sent. */
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
