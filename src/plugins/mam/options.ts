/**
 * Declarations of the plugin: its options, named as those of Prosody's mod_mam, and the features that it gives to accounts.
 *
 * @module
 */
import { choice, flag, integer, list, option, period, text, union, type Values } from "../../config/options.ts";
import type { Context } from "../../runtime/plugin.ts";
import type { Settings } from "../../wire/companion.ts";
import { NS, NS_EXTENDED, NS_GROUPCHAT_FIELD } from "../../wire/xep0313.ts";
import { NS as NS_RETRACT, NS_TOMBSTONE } from "../../wire/xep0424.ts";

export const OPTIONS = {
  max_archive_query_results: option(integer({ min: 1, max: 10_000 }), {
    doc: "The most messages in a page; a client that asks for more gets this many, and then asks for the next page",
    default: 50,
    reload: true,
  }),
  default_archive_policy: option(union(flag(), choice("roster")), {
    doc: 'What is archived for users who set no preferences: true everything, "roster" contacts only, false nothing',
    default: true,
    reload: true,
  }),
  archive_expires_after: option(period(), {
    doc: 'How long messages are kept: seconds, or a number with d, w, m or y, or "never"',
    default: "1w",
    reload: true,
  }),
  room_archive_expires_after: option(period(), {
    doc: 'The same for chat rooms, where it is shorter; "never" keeps their messages as long as those of accounts',
    default: "never",
    reload: true,
  }),
  archive_max_messages: option(union(integer({ min: 1 }), choice("unlimited")), {
    doc: 'How many messages a user may have in the archive, or "unlimited"; a sweep removes the oldest beyond that',
    default: "unlimited",
    reload: true,
  }),
  archive_cleanup_interval: option(integer({ min: 1, max: 31_536_000 }), {
    doc: "Seconds between the sweeps that remove such messages; shorter spreads the work",
    default: 14_400,
    reload: true,
  }),
  dont_archive_namespaces: option(list(text()), {
    doc: "Namespaces of elements to remove before archiving; a message with nothing else is not archived",
    default: ["http://jabber.org/protocol/chatstates"],
    reload: true,
  }),
  retraction: option(flag(), {
    doc: "Replaces messages by a tombstone when their author retracts them; false keeps every word",
    default: true,
  }),
  retraction_max_age: option(period(), {
    doc:
      'The age up to which a message can be retracted: seconds, or a number with d, w, m or y, or "never" for any age',
    default: "never",
    reload: true,
  }),
} as const;

/** Features of every account that has an archive (XEP-0030). */
export const ACCOUNT_FEATURES: readonly string[] = [NS, NS_EXTENDED, NS_GROUPCHAT_FIELD];

/** The same with what depends on options. */
export function accountFeatures(options: MamOptions): readonly string[] {
  return [...ACCOUNT_FEATURES, ...retractionFeatures(options)];
}

/** Features of every room that is archived. */
export function roomFeatures(options: MamOptions): readonly string[] {
  return [NS, NS_EXTENDED, ...retractionFeatures(options)];
}

/** XEP-0424 §"Discovering support": retractions are archived in any case. */
function retractionFeatures({ retraction }: MamOptions): readonly string[] {
  return retraction ? [NS_RETRACT, NS_TOMBSTONE] : [NS_RETRACT];
}

/** Settings of modules about retractions. */
export function retractionSettings(
  { retraction: tombstones, retraction_max_age: maxAge }: MamOptions,
): Required<Pick<Settings, "tombstones">> & Pick<Settings, "maxAge"> {
  return { tombstones, ...Number.isFinite(maxAge) && { maxAge } };
}

/** Values in force: a reload shows at the next look. */
export type MamOptions = Values<typeof OPTIONS>;

export type MamContext = Context<typeof OPTIONS>;
