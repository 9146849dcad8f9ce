/**
 * Reads the entries that the module on a domain of rooms hands over.
 *
 * @module
 */
import { describeMessage } from "../../../wire/message.ts";
import { readRoomStart, type RoomEntry, roomEntry } from "../../../wire/companion_rooms_handover.ts";
import { asArchived } from "../../../wire/xep0045.ts";
import type { Element } from "../../../xml/element.ts";
import { Jid } from "../../../xmpp/jid.ts";
import type { Archiving } from "../archiving.ts";
import { type EntryRead, passed, readArchiveId } from "../companion/entries.ts";
import { REFUSALS } from "../errors.ts";
import type { Incoming } from "../intake.ts";
import { textKept } from "../kept.ts";
import type { Owner } from "../owners.ts";
import { shouldStoreInRoom } from "../policy.ts";
import { writeSender } from "../../../wire/room_sender.ts";

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
  // The module takes out what others forge already; a leaked address must not depend on that.
  const { stanza, skipped } = textKept(asArchived(message), [owner], archiving.stripped);
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
