/**
 * Preferences (XEP-0441) as other archives keep them.
 *
 * @module
 */
import type { Preferences } from "../store/archive.ts";
import { MAX_RULES } from "../wire/xep0441.ts";
import { Jid } from "../xmpp/jid.ts";
import { type Item, skipped } from "./item.ts";

/** Preferences as they are kept here: with JIDs in normal form, each in one list; or why they are not taken. */
export function preferencesItem(owner: string, { default: fallback, always, never }: Preferences): Item {
  try {
    const wanted = normal(always);
    const unwanted = normal(never).difference(wanted);
    const preferences = { default: fallback, always: [...wanted], never: [...unwanted] };
    if (preferences.always.length + preferences.never.length > MAX_RULES) {
      return skipped(`preferences of more than ${MAX_RULES} JIDs`);
    }
    return { kind: "preferences", owner, preferences };
  } catch (error) {
    if (error instanceof TypeError) return skipped("preferences with an address that cannot be read");
    throw error;
  }
}

function normal(jids: readonly string[]): Set<string> {
  return new Set(jids.map((jid) => Jid.parse(jid).toString()));
}
