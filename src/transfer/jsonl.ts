/**
 * Our own format: an object a line, which says whose it is, and what there is.
 *
 * @module
 */
import type { Preferences, WholeEntry } from "../store/archive.ts";
import { formatStamp, parseStamp } from "../wire/xep0082.ts";
import { Jid } from "../xmpp/jid.ts";
import { TransferError } from "./error.ts";
import type { EntryItem, Item, PreferencesItem, Wanted } from "./item.ts";
import { linesOf } from "./lines.ts";
import { MessageReader } from "./message.ts";
import { preferencesItem } from "./preferences.ts";

const utf8 = new TextDecoder("utf-8", { fatal: true });

/** The lines of a file, or those of one host. Throws `TransferError` at the first that is none of ours. */
export function* readJsonl(path: string, { host }: Wanted = {}): Generator<Item> {
  const reader = new MessageReader();
  for (const { number, bytes } of linesOf(path)) {
    const line = objectIn(bytes);
    const item = line && itemOf(line, reader);
    if (item === undefined) {
      throw new TransferError({ path, line: number, found: `found no item, expected ${EXPECTED}` });
    }
    if (item.kind === "skipped" || host === undefined || item.owner.endsWith(`@${host}`)) yield item;
  }
}

const EXPECTED = "an object with owner, id, time, with and stanza, or with owner and preferences";

/** `undefined` for what is no object. What JSON.parse would say of it quotes messages, so that is dropped. */
function objectIn(bytes: Uint8Array): Readonly<Record<string, unknown>> | undefined {
  try {
    const value = JSON.parse(utf8.decode(bytes));
    return typeof value === "object" && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

function itemOf(line: Readonly<Record<string, unknown>>, reader: MessageReader): Item | undefined {
  const { owner, id, time, with: peer, stanza, beside, preferences } = line;
  if (typeof owner !== "string" || !isAccount(owner)) return undefined;
  if (isPreferences(preferences)) return preferencesItem(owner, preferences);
  if (typeof id !== "string" || typeof peer !== "string" || typeof stanza !== "string") return undefined;
  const stamp = typeof time === "string" ? parseStamp(time) : undefined;
  const item = stamp === undefined ? undefined : reader.read({ owner, id, time: stamp, peer, message: stanza });
  if (item?.kind !== "entry" || typeof beside !== "string") return item;
  return { ...item, entry: { ...item.entry, beside } };
}

/** A bare JID in normal form, as owners are known here. */
function isAccount(text: string): boolean {
  return Jid.tryParse(text)?.bare === text;
}

function isPreferences(value: unknown): value is Preferences {
  if (typeof value !== "object" || value === null) return false;
  const { default: fallback, always, never } = value as Record<string, unknown>;
  return (fallback === "always" || fallback === "never" || fallback === "roster") && areTexts(always) &&
    areTexts(never);
}

function areTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((text) => typeof text === "string");
}

/** Items as lines. */
export async function* writeJsonl(items: AsyncIterable<EntryItem | PreferencesItem>): AsyncGenerator<string> {
  for await (const item of items) yield `${JSON.stringify(lineOf(item))}\n`;
}

function lineOf(item: EntryItem | PreferencesItem): object {
  const { owner } = item;
  return item.kind === "entry" ? { owner, ...entryLine(item.entry) } : { owner, preferences: item.preferences };
}

function entryLine({ id, time, with: peer, resource, stanza, beside }: WholeEntry): object {
  const place = { id, time: formatStamp(time), with: resource === "" ? peer : `${peer}/${resource}` };
  return beside === undefined ? { ...place, stanza } : { ...place, stanza, beside };
}
