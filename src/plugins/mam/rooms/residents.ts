/**
 * Rooms of a domain, as the module on it speaks of them (scripts/prosody/PROTOCOL.md, "Rooms").
 *
 * @module
 */
import { VERSION } from "../../../wire/companion.ts";
import type { Deleted } from "../../../wire/companion_handover.ts";
import { type RoomArchive, type RoomSettings, roomSettings, type RoomWelcome } from "../../../wire/companion_rooms.ts";
import { readRoomMarker, roomDeleted } from "../../../wire/companion_rooms_handover.ts";
import type { Element } from "../../../xml/element.ts";
import { Jid } from "../../../xmpp/jid.ts";
import type { Archiving } from "../archiving.ts";
import type { EntryRead } from "../companion/entries.ts";
import { CompanionLink, type Mark } from "../companion/link.ts";
import type { Residents } from "../companion/residents.ts";
import { CONVERSATION } from "../conversation.ts";
import { REFUSALS } from "../errors.ts";
import type { Incoming } from "../intake.ts";
import { type MamContext, retractionSettings, roomFeatures } from "../options.ts";
import { readPassedRoomEntry, readRoomEntry } from "./entries.ts";
import type { RoomBook } from "./book.ts";

/** Rooms in one list of archives. */
const LISTED = 500;

export class Rooms implements Residents {
  readonly host: string;
  readonly areRooms = true;
  readonly link: CompanionLink;
  readonly #archiving: Archiving;
  readonly #book: RoomBook;

  constructor(host: string, context: MamContext, { archiving, book }: { archiving: Archiving; book: RoomBook }) {
    this.host = host;
    this.link = new CompanionLink(host, context, readMark);
    this.#archiving = archiving;
    this.#book = book;
  }

  settings(): RoomSettings {
    const { stripped, options } = this.#archiving;
    const retention = Math.min(options.archive_expires_after, options.room_archive_expires_after);
    return {
      policy: true,
      strip: [...stripped],
      conversation: CONVERSATION,
      ...Number.isFinite(retention) && { retention },
      ...retractionSettings(options),
    };
  }

  welcome(newest: number): RoomWelcome {
    return {
      version: VERSION,
      newest,
      features: roomFeatures(this.#archiving.options),
      rooms: true,
      settings: this.settings(),
    };
  }

  settingsElement(): Element {
    return roomSettings.write(this.settings());
  }

  readEntry(element: Element): EntryRead {
    return readRoomEntry(element, this.host, this.#archiving);
  }

  readPassed(element: Element): Incoming {
    return readPassedRoomEntry(element, this.host);
  }

  readDeleted(payload: Element): Deleted {
    const { seq, room } = roomDeleted.read(payload);
    return { seq, user: room };
  }

  forget(archive: string): Promise<void> {
    return this.#book.forget(archive);
  }

  async list(after: string | undefined): Promise<readonly RoomArchive[]> {
    const rooms = await this.#archiving.store.owners(
      this.host,
      after === undefined ? "" : this.room(after).bare,
      LISTED,
    );
    return await Promise.all(rooms.map(async (room) => {
      const retention = await this.#book.retentionOf(room);
      return { room: Jid.parse(room).local, ...retention !== undefined && { retention } };
    }));
  }

  /** The room of a local part. Throws `StanzaError` (`bad-request`) where it is none. */
  room(local: string): Jid {
    const room = Jid.tryOf(local, this.host);
    if (room === undefined) throw REFUSALS.notRoom();
    return room;
  }
}

/** Throws `forbidden` where the module does not say that it decided about a room. */
function readMark(delegation: Element): Mark {
  const mark = readRoomMarker(delegation);
  if (mark === undefined) throw REFUSALS.notOfRoom();
  return { behind: mark.behind, access: { realJids: mark.jids } };
}
