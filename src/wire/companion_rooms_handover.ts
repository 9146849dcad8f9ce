/**
 * The companion protocol, version 1 (scripts/prosody/PROTOCOL.md, "Rooms"): messages of rooms, handed over and asked for,
 * and rooms that are gone.
 *
 * @module
 */
import { type Element, xml } from "../xml/element.ts";
import { parseStart } from "../xml/parse.ts";
import { serialize } from "../xml/writer.ts";
import { StanzaError } from "../xmpp/error.ts";
import type { Jid } from "../xmpp/jid.ts";
import type { Call, Codec } from "./codec.ts";
import { NS } from "./companion.ts";
import { type Marker, readMarker } from "./companion_page.ts";
import { readAt, readMessage, readSeq } from "./companion_handover.ts";
import { readRoom } from "./companion_rooms.ts";
import { attribute, optionalChild, readBoolean, readCount, readJid } from "./reading.ts";

/** §"Messages of rooms": who sent a message, as it is kept beside it. */
export interface Sender {
  /** The real JID, full. */
  readonly jid?: Jid;
  readonly affiliation?: string;
  readonly role?: string;
  /** XEP-0421. */
  readonly occupantId?: string;
}

/** §"Messages of rooms". */
export interface RoomEntry {
  /** When the room broadcast the message, in milliseconds since 1970. */
  readonly at: number;
  /** The archive id. */
  readonly id: string;
  /** Present where the module has no list of conversation yet, so that Annals judges the message. */
  readonly unjudged?: true;
  readonly sender: Sender;
  readonly message: Element;
}

/** §"Rooms that are gone". */
export interface RoomDeleted {
  readonly seq: number;
  /** Local part of the room. */
  readonly room: string;
}

/** §"Join history": a question for the newest messages. */
export interface RecentQuery {
  readonly room: string;
  readonly max: number;
}

/** §"Join history": the newest messages, oldest first. */
export interface Recent {
  readonly room: string;
  readonly entries: readonly RoomEntry[];
}

/** §"Retraction and moderation": a message that there may be. */
export interface RoomMessage {
  readonly room: string;
  readonly id: string;
}

/** §"Requests to rooms": mark of a module on a request that it delegates. */
export interface RoomMarker {
  /** True when the module holds messages for the archive that it has not sent yet. */
  readonly behind: boolean;
  /** True when the requester may see real JIDs. */
  readonly jids: boolean;
}

export const roomEntry: Codec<RoomEntry> = {
  name: "entry",
  xmlns: NS,

  read: (element) => ({
    at: readAt(element),
    id: attribute(element, "room"),
    ...element.attrs.judge === "true" && { unjudged: true },
    sender: readSender(element),
    message: readMessage(element.getText()),
  }),

  write: ({ at, id, unjudged, sender: { jid, affiliation, role, occupantId }, message }) =>
    xml(
      "entry",
      {
        xmlns: NS,
        judge: unjudged && "true",
        at: String(at),
        room: id,
        jid: jid?.toString(),
        affiliation,
        role,
        "occupant-id": occupantId,
      },
      serialize(message),
    ),
};

/**
 * Reads what can be of an entry whose message cannot be: its id, and the start tag of the message, which says whose it is.
 * Throws `StanzaError` where there is no more.
 */
export function readRoomStart(element: Element): Pick<RoomEntry, "id" | "message"> {
  const message = parseStart(element.getText());
  if (message === undefined) throw new StanzaError("bad-request", "Found an <entry/> without the start of a message");
  return { id: attribute(element, "room"), message };
}

export const roomDeleted: Codec<RoomDeleted> = {
  name: "deleted",
  xmlns: NS,
  read: (element) => ({ seq: readSeq(element), room: readRoom(element) }),
  write: ({ seq, room }) => xml("deleted", { xmlns: NS, seq: String(seq), room }),
};

const recentQuery: Codec<RecentQuery> = {
  name: "recent",
  xmlns: NS,
  read: (element) => ({
    room: readRoom(element),
    max: readCount(attribute(element, "max"), 'the attribute "max"'),
  }),
  write: ({ room, max }) => xml("recent", { xmlns: NS, room, max: String(max) }),
};

const recent: Codec<Recent> = {
  name: "recent",
  xmlns: NS,
  read: (element) => ({
    room: readRoom(element),
    entries: element.getChildren("entry", NS).map((entry) => roomEntry.read(entry)),
  }),
  write: ({ room, entries }) => xml("recent", { xmlns: NS, room }, ...entries.map((entry) => roomEntry.write(entry))),
};

const roomMessage: Codec<RoomMessage> = {
  name: "find",
  xmlns: NS,
  read: (element) => ({ room: readRoom(element), id: attribute(element, "id") }),
  write: ({ room, id }) => xml("find", { xmlns: NS, room, id }),
};

export const roomMarker: Codec<RoomMarker> = {
  name: "companion",
  xmlns: NS,
  read: ({ attrs: { behind = "false", jids = "false" } }) => ({
    behind: readBoolean(behind, 'the attribute "behind"'),
    jids: readBoolean(jids, 'the attribute "jids"'),
  }),
  write: ({ behind, jids }) =>
    xml("companion", {
      xmlns: NS,
      archive: "room",
      behind: behind ? "true" : undefined,
      jids: jids ? "true" : undefined,
    }),
};

/** Reads a module's mark on a request to a room, in `<delegation/>`; `undefined` where it does not say that it is one. */
export function readRoomMarker(delegation: Element): RoomMarker | undefined {
  const held = optionalChild(delegation, roomMarker.name, roomMarker.xmlns);
  return held?.attrs.archive === "room" ? roomMarker.read(held) : undefined;
}

/**
 * Reads a module's mark on a request to an account; `undefined` where it is not a module that delegates, or where it says that
 * the request is to a room.
 */
export function readAccountMarker(delegation: Element): Marker | undefined {
  return readRoomMarker(delegation) === undefined ? readMarker(delegation) : undefined;
}

/** §"Join history": asks for the newest messages of a room. */
export const askRecent: Call<RecentQuery, Recent> = { type: "get", query: recentQuery, reply: recent };

/** §"Retraction and moderation": asks if a room's archive has a message. */
export const findRoomMessage: Call<RoomMessage, void> = { type: "get", query: roomMessage };

function readSender({ attrs: { jid, affiliation, role, "occupant-id": occupantId } }: Element): Sender {
  return {
    ...jid !== undefined && { jid: readJid(jid, 'the attribute "jid"') },
    ...affiliation !== undefined && { affiliation },
    ...role !== undefined && { role },
    ...occupantId !== undefined && { occupantId },
  };
}
