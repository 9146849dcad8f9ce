/**
 * Parts that Prosody's storages have in common.
 *
 * @module
 */
import type { Preferences } from "../store/archive.ts";
import type { Item } from "./item.ts";
import { preferencesItem } from "./preferences.ts";

/** Whole milliseconds of Prosody's time: seconds since 1970, exact to the microsecond. */
export function millisecondsOf(seconds: number): number {
  return Math.floor(Math.round(seconds * 1e6) / 1000);
}

/**
 * Preferences as mod_mam keeps them: for each JID whether its messages are archived, and under `false` what holds for all
 * others (plugins/mod_mam/mamprefs.lib.lua). Where that is missing, it was mod_mam's own default: to archive.
 */
export function preferencesOf(owner: string, rules: ReadonlyMap<unknown, unknown>): Item {
  const jidsWith = (value: boolean): string[] => (
    [...rules].flatMap(([jid, rule]) => typeof jid === "string" && rule === value ? jid : [])
  );
  return preferencesItem(owner, {
    default: defaultOf(rules.get(false)),
    always: jidsWith(true),
    never: jidsWith(false),
  });
}

function defaultOf(rule: unknown): Preferences["default"] {
  if (rule === "roster") return "roster";
  return rule === false ? "never" : "always";
}
