/**
 * Copies that a server hands over at the delivery of a message that waited offline (XEP-0160 §3). It was copied when
 * its sender sent it, too; but the recipient need not have been known to exist then.
 *
 * @module
 */
import type { ArchiveReader, Entry } from "../../../store/archive.ts";
import { describeMessage, type MessageTraits } from "../../../wire/message.ts";
import type { Element } from "../../../xml/element.ts";
import { parse } from "../../../xml/parse.ts";
import { SIZE_ONLY } from "../../../xml/reader.ts";
import type { Owner, Waited } from "../owners.ts";

/** Milliseconds by which the server's clock may differ from ours. */
const CLOCKS = 60_000;
/** Messages of one sender that are looked at. */
const MOST = 200;

/** Reads the server's stamp (XEP-0203); `undefined` where it has none. */
export function waitedIn(message: Element, { delay }: MessageTraits, host: string): Waited | undefined {
  if (delay?.from !== host || delay.stamp === undefined) return undefined;
  return { host, id: message.attrs.id, body: message.getChildText("body"), since: delay.stamp };
}

/** Tells if the archive has it from when it was sent. */
export async function wasKept(store: ArchiveReader, { account, peer }: Owner, waited: Waited): Promise<boolean> {
  const filter = { with: peer.bare, start: waited.since - CLOCKS, end: waited.since + CLOCKS };
  const page = await store.page(account.bare, filter, { max: MOST, before: "" });
  return !("unknown" in page) && page.entries.some((entry) => isSame(entry, waited));
}

function isSame({ stanza }: Entry, { host, id, body }: Waited): boolean {
  const message = parse(stanza, SIZE_ONLY);
  if (message.attrs.id !== id || message.getChildText("body") !== body) return false;
  // What was kept at its delivery is another one that waited.
  return describeMessage(message).delay?.from !== host;
}
