/**
 * XEP-0441: Message Archive Management Preferences, version 0.2.0.
 *
 * @module
 */
import { type Element, xml } from "../xml/element.ts";
import { StanzaError } from "../xmpp/error.ts";
import type { Jid } from "../xmpp/jid.ts";
import { bareElement, type Call, type Codec } from "./codec.ts";
import { attribute, optionalChild, quoted, readTypedJid } from "./reading.ts";

export const NS = "urn:xmpp:mam:2";

/** The most JIDs that both lists together may hold; they are looked at for each message. */
export const MAX_RULES = 1000;

/** The most characters of them; preparing each takes time, which others wait for. */
export const MAX_RULE_TEXT = 64 * 1024;

const DEFAULTS = ["always", "never", "roster"] as const;

export interface ArchivingPreferences {
  /** §2.1.1: for whom is in neither list. */
  readonly default: typeof DEFAULTS[number];
  /** §2.1.2. */
  readonly always: readonly Jid[];
  /** §2.1.3. */
  readonly never: readonly Jid[];
}

export const preferences: Codec<ArchivingPreferences> = {
  name: "prefs",
  xmlns: NS,

  read(element): ArchivingPreferences {
    const given = attribute(element, "default");
    const known = DEFAULTS.find((name) => name === given);
    if (known === undefined) {
      throw new StanzaError("bad-request", `Found the default ${quoted(given)}, expected ${DEFAULTS.join(", ")}`);
    }
    const [alwaysTexts, neverTexts] = [textsIn(element, "always"), textsIn(element, "never")];
    requireBounded([...alwaysTexts, ...neverTexts]);
    const [always, never] = [readList(alwaysTexts, "always"), readList(neverTexts, "never")];
    for (const jid of always.keys()) {
      if (never.has(jid)) {
        throw new StanzaError(
          "bad-request",
          `Found ${quoted(jid)} in both <always/> and <never/>, expected one of them`,
        );
      }
    }
    return { default: known, always: [...always.values()], never: [...never.values()] };
  },

  // §2.1: both lists are there, even if empty.
  write: ({ default: fallback, always, never }) =>
    xml("prefs", { xmlns: NS, default: fallback }, writeList("always", always), writeList("never", never)),
};

export const getPreferences: Call<void, ArchivingPreferences> = {
  type: "get",
  query: bareElement("prefs", NS),
  reply: preferences,
};

/** The reply is what applies from then on. */
export const setPreferences: Call<ArchivingPreferences, ArchivingPreferences> = {
  type: "set",
  query: preferences,
  reply: preferences,
};

/** §2.1.2, §2.1.3: a missing list is an empty one. */
function textsIn(element: Element, name: "always" | "never"): string[] {
  const items = optionalChild(element, name, NS)?.getChildren("jid", NS) ?? [];
  return items.map((item) => item.getText().trim());
}

function requireBounded(texts: readonly string[]): void {
  if (texts.length > MAX_RULES) {
    throw new StanzaError("policy-violation", `Found ${texts.length} JIDs, expected at most ${MAX_RULES}`);
  }
  const characters = texts.reduce((sum, text) => sum + text.length, 0);
  if (characters > MAX_RULE_TEXT) {
    const found = `Found JIDs of ${characters} characters`;
    throw new StanzaError("policy-violation", `${found}, expected at most ${MAX_RULE_TEXT} characters`);
  }
}

/** By text, so that a JID given twice is one. */
function readList(texts: readonly string[], name: "always" | "never"): Map<string, Jid> {
  return new Map(texts.map((text) => {
    const jid = readTypedJid(text, `<${name}/>`);
    return [jid.toString(), jid];
  }));
}

function writeList(name: "always" | "never", jids: readonly Jid[]): Element {
  return xml(name, {}, ...jids.map((jid) => xml("jid", {}, jid.toString())));
}
