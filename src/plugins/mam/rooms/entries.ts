/**
 * Reads the entries that the module on a domain of rooms hands over.
 *
 * @module
 */
import { describeMessage, withoutNamespaces } from "../../../wire/message.ts";
import { readRoomStart, type RoomEntry, roomEntry } from "../../../wire/companion_rooms_handover.ts";
import { NS_MUC_USER } from "../../../wire/xep0045.ts";
import { type Element, xml } from "../../../xml/element.ts";
import { Jid } from "../../../xmpp/jid.ts";
import type { Archiving } from "../archiving.ts";
import { type EntryRead, passed, readArchiveId } from "../companion/entries.ts";
import { REFUSALS } from "../errors.ts";
import type { Incoming } from "../intake.ts";
import { textKept } from "../kept.ts";
import type { Owner } from "../owners.ts";
import { shouldStoreInRoom } from "../policy.ts";
import { writeSender } from "./sender.ts";

/** Reads an entry. Throws `StanzaError` (`bad-request`) when it is malformed. */
export function readRoomEntry(
  element: Element,
  host: string,
  archiving: Pick<Archiving, "judge" | "stripped">,
): EntryRead {
  const { at, id, unjudged, sender, message } = roomEntry.read(element);
  const owner = ownerOf(host, { id, message });
  const candidate = { message, traits: describeMessage(message), direction: "incoming", toResource: false } as const;
  const verdict = archiving.judge(candidate, !unjudged, shouldStoreInRoom);
  if (verdict !== true) return { incoming: passed(at, [owner]), skipped: verdict };
  const { stanza, skipped } = textKept(bare(message), [owner], archiving.stripped);
  if (stanza === undefined) return { incoming: passed(at, [owner]), skipped };
  const beside = writeSender(sender);
  return { incoming: { time: at, stanza, owners: [owner], ...beside !== undefined && { beside } } };
}

/** The id of an entry that is malformed. Throws `StanzaError` (`bad-request`) where it does not say of which room. */
export function readPassedRoomEntry(element: Element, host: string): Incoming {
  return passed(0, [ownerOf(host, readRoomStart(element))]);
}

/** The room that a message is of, with its stamp. A room is the bare JID of what it broadcasts. */
function ownerOf(host: string, { id, message }: Pick<RoomEntry, "id" | "message">): Owner {
  const from = Jid.tryParse(message.attrs.from ?? "");
  if (from === undefined || from.local === "" || from.domain !== host) throw REFUSALS.notOfHost();
  return { account: from.toBare(), peer: from, direction: "incoming", stamp: { id: readArchiveId(id) } };
}

/**
 * XEP-0313 §"MUC Archives": the message has no `to`, and no `<x/>` that somebody else has written. The module takes both out
 * already; a leaked address must not depend on that.
 */
function bare(message: Element): Element {
  const kept = withoutNamespaces(message, new Set([NS_MUC_USER]));
  if (kept.attrs.to === undefined) return kept;
  const { to: _, ...attrs } = kept.attrs;
  const copy = xml(kept.name, attrs);
  copy.parent = kept.parent;
  for (const child of kept.children) copy.cnode(child);
  return copy;
}
