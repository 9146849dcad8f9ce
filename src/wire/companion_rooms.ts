/**
 * The companion protocol, version 1 (scripts/prosody/PROTOCOL.md, "Rooms"): greeting and settings of rooms, and what is
 * said of a room as a whole.
 *
 * @module
 */
import { type Element, xml } from "../xml/element.ts";
import { StanzaError } from "../xmpp/error.ts";
import type { Call, Codec } from "./codec.ts";
import {
  archives,
  archivesAfter,
  NS,
  readInteger,
  type Settings,
  settings,
  type Welcome,
  welcome,
} from "./companion.ts";
import { attribute, onlyChild, quoted, readBoolean } from "./reading.ts";

/** §"Greeting", §"Greeting of rooms". */
export interface Greeting {
  readonly version: string;
  /** Present where the host is a component of rooms. */
  readonly rooms?: true;
}

/** §"Greeting of rooms": settings of a module on rooms. */
export interface RoomSettings extends Settings {
  /** Seconds for which messages are kept; for good, where there is none. */
  readonly retention?: number;
  /** True when retractions and moderation are applied to archives. */
  readonly tombstones: boolean;
}

/** §"Greeting of rooms": the answer to one. */
export interface RoomWelcome extends Welcome {
  readonly rooms: true;
  readonly settings: RoomSettings;
}

/** §"Rooms that are gone": a room with an archive. */
export interface RoomArchive {
  /** Local part of the room. */
  readonly room: string;
  /** The room's own retention, in seconds. */
  readonly retention?: number;
}

/** §"Rooms that are gone": how long a room keeps its messages. */
export interface Retention {
  readonly room: string;
  /** The settings hold, where there is none. */
  readonly seconds?: number;
}

export const greeting: Codec<Greeting> = {
  name: "greeting",
  xmlns: NS,
  read: (element) => ({ version: attribute(element, "version"), ...isOfRooms(element) && { rooms: true } }),
  write: ({ version, rooms }) => xml("greeting", { xmlns: NS, version, rooms: rooms && "true" }),
};

export const roomSettings: Codec<RoomSettings> = {
  name: "settings",
  xmlns: NS,

  read(element): RoomSettings {
    const retention = readOptional(element, "retention");
    return { tombstones: false, ...settings.read(element), ...retention !== undefined && { retention } };
  },

  write(held): Element {
    const { attrs, children } = settings.write(held);
    return xml("settings", { ...attrs, retention: held.retention?.toString() }, ...children);
  },
};

export const roomWelcome: Codec<RoomWelcome> = {
  name: "greeting",
  xmlns: NS,

  read(element): RoomWelcome {
    if (!isOfRooms(element)) {
      throw new StanzaError("bad-request", 'Found <greeting/> of accounts, expected the attribute rooms="true"');
    }
    return {
      ...welcome.read(element),
      rooms: true,
      settings: roomSettings.read(onlyChild(element, "settings", NS)),
    };
  },

  write({ version, newest, features, settings: held }): Element {
    return xml(
      "greeting",
      { xmlns: NS, version, rooms: "true", newest: String(newest) },
      ...features.map((feature) => xml("feature", { var: feature })),
      roomSettings.write(held),
    );
  },
};

/** The answer to a greeting of either kind. */
const eitherWelcome: Codec<Welcome | RoomWelcome> = {
  name: "greeting",
  xmlns: NS,
  read: (element) => (isOfRooms(element) ? roomWelcome : welcome).read(element),
  write: (value) => "rooms" in value ? roomWelcome.write(value) : welcome.write(value),
};

/** Names of accounts, or rooms. */
const eitherArchives: Codec<readonly string[] | readonly RoomArchive[]> = {
  name: "archives",
  xmlns: NS,
  read: (element) =>
    element.getChildren("archive", NS).some(({ attrs }) => attrs.room !== undefined)
      ? roomArchives.read(element)
      : archives.read(element),
  write: (list) => isOfNames(list) ? archives.write(list) : roomArchives.write(list),
};

function isOfNames(list: readonly string[] | readonly RoomArchive[]): list is readonly string[] {
  return typeof list[0] === "string";
}

export const roomArchives: Codec<readonly RoomArchive[]> = {
  name: "archives",
  xmlns: NS,

  read: (element) =>
    element.getChildren("archive", NS).map((item) => {
      const retention = readOptional(item, "retention");
      return { room: readRoom(item), ...retention !== undefined && { retention } };
    }),

  write: (archives) =>
    xml(
      "archives",
      { xmlns: NS },
      ...archives.map(({ room, retention }) => xml("archive", { room, retention: retention?.toString() })),
    ),
};

export const retention: Codec<Retention> = {
  name: "retention",
  xmlns: NS,

  read(element): Retention {
    const seconds = readOptional(element, "seconds");
    return { room: readRoom(element), ...seconds !== undefined && { seconds } };
  },

  write: ({ room, seconds }) => xml("retention", { xmlns: NS, room, seconds: seconds?.toString() }),
};

/** §"Greeting of rooms": a module on rooms says its version. */
export const greetRooms: Call<Greeting, RoomWelcome> = { type: "set", query: greeting, reply: roomWelcome };

/** A greeting of either kind, for who answers both. */
export const greetEither: Call<Greeting, Welcome | RoomWelcome> = {
  type: "set",
  query: greeting,
  reply: eitherWelcome,
};

/** §"Rooms that are gone": asks which rooms have an archive, after one of them or from the first. */
export const listRoomArchives: Call<string | undefined, readonly RoomArchive[]> = {
  type: "get",
  query: archivesAfter,
  reply: roomArchives,
};

/** Asks which archives there are, for who answers accounts and rooms. */
export const listEitherArchives: Call<string | undefined, readonly string[] | readonly RoomArchive[]> = {
  type: "get",
  query: archivesAfter,
  reply: eitherArchives,
};

/** The attribute "room", which names one. */
export function readRoom(element: Element): string {
  const room = attribute(element, "room");
  if (room === "") {
    throw new StanzaError("bad-request", `Found ${quoted(room)} in the attribute "room", expected a local part`);
  }
  return room;
}

function isOfRooms({ attrs }: Element): boolean {
  return readBoolean(attrs.rooms ?? "false", 'the attribute "rooms"');
}

function readOptional({ attrs }: Element, name: string): number | undefined {
  const text = attrs[name];
  return text === undefined ? undefined : readInteger(text, `the attribute "${name}"`);
}
