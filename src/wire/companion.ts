/**
 * The companion protocol, version 1 (scripts/prosody/PROTOCOL.md): what a module inside a server asks, and is told.
 *
 * @module
 */
import { type Element, xml } from "../xml/element.ts";
import { StanzaError } from "../xmpp/error.ts";
import { bareElement, type Call, type Codec } from "./codec.ts";
import { attribute, onlyChild, optionalChild, quoted, readBoolean } from "./reading.ts";
import { type ArchivingPreferences, NS as NS_PREFERENCES, preferences } from "./xep0441.ts";

export const NS = "annals:companion";

/** The version that is spoken here. */
export const VERSION = "1";

/** §"Decisions": an element that makes a message conversation. */
export interface Conversation {
  readonly namespace: string;
  /** Any name, where there is none. */
  readonly name?: string;
  /** Name of a child that the element must have. */
  readonly child?: string;
  /** Kind of the content, in a word: `body`. */
  readonly as: string;
}

/** §"Greeting": settings of a module. */
export interface Settings {
  /** Policy for users who set no preferences. */
  readonly policy: boolean | "roster";
  /** Namespaces of elements that are not kept. */
  readonly strip: readonly string[];
  /** Messages without any of these are not archived. */
  readonly conversation: readonly Conversation[];
  /** True when retractions are applied to archives. */
  readonly tombstones?: boolean;
  /** Seconds after which a message cannot be retracted any more; never, where there is none. */
  readonly maxAge?: number;
}

/** §"Greeting": the answer to one. */
export interface Welcome {
  readonly version: string;
  /** The greatest number that any archive id had. */
  readonly newest: number;
  /** Features of each account (XEP-0030). */
  readonly features: readonly string[];
  readonly settings: Settings;
}

/** §"Decisions": what a user prefers; nothing where the policy applies. */
export interface UserPreferences {
  /** Local part of the account. */
  readonly user: string;
  readonly preferences?: ArchivingPreferences;
}

const POLICIES = new Map<string, Settings["policy"]>([["true", true], ["false", false], ["roster", "roster"]]);

export const settings: Codec<Settings> = {
  name: "settings",
  xmlns: NS,

  read(element): Settings {
    const given = attribute(element, "policy");
    const policy = POLICIES.get(given);
    if (policy === undefined) {
      throw new StanzaError("bad-request", `Found the policy ${quoted(given)}, expected true, false or roster`);
    }
    return {
      policy,
      strip: element.getChildren("strip", NS).map((strip) => attribute(strip, "namespace")),
      conversation: element.getChildren("keep", NS).map(readConversation),
      ...element.attrs.tombstones !== undefined && {
        tombstones: readBoolean(element.attrs.tombstones, 'the attribute "tombstones"'),
      },
      ...element.attrs["max-age"] !== undefined && {
        maxAge: readInteger(element.attrs["max-age"], 'the attribute "max-age"'),
      },
    };
  },

  write: ({ policy, strip, conversation, tombstones, maxAge }) =>
    xml(
      "settings",
      {
        xmlns: NS,
        policy: String(policy),
        tombstones: tombstones ? "true" : undefined,
        "max-age": maxAge?.toString(),
      },
      ...strip.map((namespace) => xml("strip", { namespace })),
      ...conversation.map(({ namespace, name, child, as }) => xml("keep", { namespace, name, child, as })),
    ),
};

function readConversation(element: Element): Conversation {
  const { name, child } = element.attrs;
  return {
    namespace: attribute(element, "namespace"),
    ...name !== undefined && { name },
    ...child !== undefined && { child },
    as: attribute(element, "as"),
  };
}

const greeting: Codec<string> = {
  name: "greeting",
  xmlns: NS,
  read: (element) => attribute(element, "version"),
  write: (version) => xml("greeting", { xmlns: NS, version }),
};

export const welcome: Codec<Welcome> = {
  name: "greeting",
  xmlns: NS,

  read: (element) => ({
    version: attribute(element, "version"),
    newest: readInteger(attribute(element, "newest"), 'the attribute "newest"'),
    features: element.getChildren("feature", NS).map((feature) => attribute(feature, "var")),
    settings: settings.read(onlyChild(element, "settings", NS)),
  }),

  write: ({ version, newest, features, settings: held }) =>
    xml(
      "greeting",
      { xmlns: NS, version, newest: String(newest) },
      ...features.map((feature) => xml("feature", { var: feature })),
      settings.write(held),
    ),
};

/** A request for preferences, its answer, and what says that they have changed. */
export const userPreferences: Codec<UserPreferences> = {
  name: "preferences",
  xmlns: NS,

  read(element): UserPreferences {
    const held = optionalChild(element, "prefs", NS_PREFERENCES);
    return { user: readUser(element), ...(held && { preferences: preferences.read(held) }) };
  },

  write: ({ user, preferences: held }) =>
    xml("preferences", { xmlns: NS, user }, held === undefined ? undefined : preferences.write(held)),
};

/** The user, or room, whose archive is the last that was listed. */
export const archivesAfter: Codec<string | undefined> = {
  name: "archives",
  xmlns: NS,
  read: (element) => element.attrs.after,
  write: (after) => xml("archives", { xmlns: NS, after }),
};

export const archives: Codec<readonly string[]> = {
  name: "archives",
  xmlns: NS,
  read: (element) => element.getChildren("archive", NS).map(readUser),
  write: (users) => xml("archives", { xmlns: NS }, ...users.map((user) => xml("archive", { user }))),
};

/** The most reasons in one report. */
const MAX_REASONS = 50;

/** §"Decisions": counts, by reason, of messages that the module has left out since it reported last. */
export const skipped: Codec<ReadonlyMap<string, number>> = {
  name: "skipped",
  xmlns: NS,

  read(element): ReadonlyMap<string, number> {
    const reasons = element.getChildren("reason", NS);
    if (reasons.length > MAX_REASONS) {
      throw new StanzaError("bad-request", `Found ${reasons.length} reasons, expected at most ${MAX_REASONS}`);
    }
    return new Map(reasons.map((reason) => [
      attribute(reason, "name"),
      readInteger(attribute(reason, "count"), 'the attribute "count"'),
    ]));
  },

  write: (counts) =>
    xml("skipped", { xmlns: NS }, ...[...counts].map(([name, count]) => xml("reason", { name, count: String(count) }))),
};

/** §"Greeting": the module says its version. */
export const greet: Call<string, Welcome> = { type: "set", query: greeting, reply: welcome };

/** §"Decisions": asks what a user prefers. */
export const askPreferences: Call<UserPreferences, UserPreferences> = {
  type: "get",
  query: userPreferences,
  reply: userPreferences,
};

/** §"Accounts": asks whose archives there are, after a user or from the first. */
export const listArchives: Call<string | undefined, readonly string[]> = {
  type: "get",
  query: archivesAfter,
  reply: archives,
};

/** The attribute "user", which names somebody. */
export function readUser(element: Element): string {
  const user = attribute(element, "user");
  if (user === "") throw new StanzaError("bad-request", 'Found "" in the attribute "user", expected a local part');
  return user;
}

/** An integer from 0 to the greatest that JavaScript counts to. */
export function readInteger(text: string, where: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(value)) {
    throw new StanzaError("bad-request", `Found ${quoted(text)} in ${where}, expected an integer that is not negative`);
  }
  return value;
}

/** §"Handing messages over": asks a module for an answer once all that it has handed over is acknowledged. */
export const probeQueue: Call<void, void> = { type: "get", query: bareElement("probe", NS) };
