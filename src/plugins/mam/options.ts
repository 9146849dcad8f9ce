/**
 * Declarations of the plugin: its options, named as those of Prosody's mod_mam, and the features that it gives to accounts.
 *
 * @module
 */
import { choice, flag, integer, list, option, period, text, union, type Values } from "../../config/options.ts";
import type { Context } from "../../runtime/plugin.ts";
import { NS, NS_EXTENDED, NS_GROUPCHAT_FIELD } from "../../wire/xep0313.ts";

export const OPTIONS = {
  max_archive_query_results: option(integer({ min: 1, max: 10_000 }), {
    doc: "The largest page; a client that asks for more gets this many, and pages on",
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
    doc: "Parts of messages that are not kept, by namespace; a message of nothing else is not archived at all",
    default: ["http://jabber.org/protocol/chatstates"],
    reload: true,
  }),
} as const;

/** Features of every account (XEP-0030). */
export const ACCOUNT_FEATURES: readonly string[] = [NS, NS_EXTENDED, NS_GROUPCHAT_FIELD];

/** Features of every room that is archived. */
export const ROOM_FEATURES: readonly string[] = [NS, NS_EXTENDED];

/** Values in force: a reload shows at the next look. */
export type MamOptions = Values<typeof OPTIONS>;

export type MamContext = Context<typeof OPTIONS>;
