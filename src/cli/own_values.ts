/**
 * Meanings of the values of commands' own flags.
 *
 * @module
 */
import { parseStamp } from "../wire/xep0082.ts";
import type { Jid } from "../xmpp/jid.ts";
import { tryPrepareJid } from "../xmpp/prepared_jid.ts";
import { UsageError } from "./usage_error.ts";

/** `--user`: the bare JID of an account. Throws `UsageError`. */
export function account(text: string | undefined): string {
  const jid = text === undefined ? undefined : tryPrepareJid(text);
  if (jid !== undefined && jid.local !== "" && jid.isBare) return jid.bare;
  const found = text === undefined ? "nothing" : `"${text}"`;
  throw new UsageError(`--user: Found ${found}, expected a bare JID such as juliet@example.org`);
}

/** `--with`: any JID; with a resource, just that one is meant. Throws `UsageError`. */
export function peer(text: string): Jid {
  const jid = tryPrepareJid(text);
  if (jid !== undefined) return jid;
  throw new UsageError(`--with: Found "${text}", expected a JID such as romeo@example.org`);
}

/** `--after`, `--before`: milliseconds since 1970. Throws `UsageError`. */
export function time(flag: string, text: string): number {
  const stamp = parseStamp(/^\d{4}-\d\d-\d\d$/.test(text) ? `${text}T00:00:00Z` : text);
  if (stamp !== undefined) return stamp;
  throw new UsageError(
    `--${flag}: Found "${text}", expected a date or a time such as 2026-11-22 or 2026-11-22T18:00:00Z`,
  );
}

/** `--max`: an integer of at least 1. Throws `UsageError`. */
export function atLeastOne(flag: string, text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new UsageError(`--${flag}: Found "${text}", expected an integer of at least 1`);
}
