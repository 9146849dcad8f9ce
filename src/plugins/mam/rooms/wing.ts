/**
 * Rooms: what only the modules on domains of rooms ask and say (scripts/prosody/PROTOCOL.md, "Rooms").
 *
 * @module
 */
import type { Request } from "../../../runtime/plugin.ts";
import { retention } from "../../../wire/companion_rooms.ts";
import { askRecent, findRoomMessage, type RoomEntry } from "../../../wire/companion_rooms_handover.ts";
import { parse } from "../../../xml/parse.ts";
import { SIZE_ONLY } from "../../../xml/reader.ts";
import type { Archiving } from "../archiving.ts";
import type { Companions } from "../companion/companions.ts";
import { REFUSALS } from "../errors.ts";
import type { MamContext } from "../options.ts";
import type { RoomBook } from "./book.ts";
import { Rooms } from "./residents.ts";

/** Most messages of a join history, and most characters of them together, but for one. */
const MOST = 500;
const MOST_CHARACTERS = 256 * 1024;

export interface RoomsOptions {
  readonly archiving: Archiving;
  readonly companions: Companions;
  readonly book: RoomBook;
}

export function startRooms(context: MamContext, { archiving, companions, book }: RoomsOptions): void {
  const { store } = archiving;

  /** Throws `forbidden` for anyone but a domain of rooms itself. */
  function roomsOf(request: Request): Rooms {
    const residents = companions.residentsOf(request);
    if (residents instanceof Rooms) return residents;
    throw REFUSALS.notModule();
  }

  context.hook(askRecent, async ({ room, max }, request) => {
    const { bare } = roomsOf(request).room(room);
    await archiving.settled(bare);
    const page = await store.page(bare, {}, { max: Math.min(max, MOST), before: "" });
    return { room, entries: "unknown" in page ? [] : newest(page.entries).map(entryOf) };
  });
  context.hook(findRoomMessage, async ({ room, id }, request) => {
    const { bare } = roomsOf(request).room(room);
    await archiving.settled(bare);
    if ("unknown" in await store.page(bare, { ids: [id] }, { max: 1 })) throw REFUSALS.unknownId();
  });
  context.hook(retention, async (message) => {
    const residents = companions.residentsAt(message.from);
    if (!(residents instanceof Rooms)) return companions.complain(message.from.toString());
    const { room, seconds } = message.read();
    await book.setRetention(residents.room(room).bare, seconds);
  });
}

/** The newest entries that are not too many characters together. */
function newest<E extends { readonly stanza: string }>(entries: readonly E[]): readonly E[] {
  let total = 0;
  const first = entries.findLastIndex(({ stanza }, index) => (
    (total += stanza.length) > MOST_CHARACTERS && index < entries.length - 1
  ));
  return entries.slice(first + 1);
}

function entryOf(
  { id, time, stanza }: { readonly id: string; readonly time: number; readonly stanza: string },
): RoomEntry {
  return { at: time, id, sender: {}, message: parse(stanza, SIZE_ONLY) };
}
