import type { DatumChange, NewMessage, WholeEntry } from "./archive.ts";
import { UnkeepableError } from "./error.ts";
import { type ArchiveId, firstNumberAt } from "./id.ts";

/** Bytes of the longest id, in UTF-8: whoever pages has to name it, and servers end the stream over what is too long. */
export const MAX_ID_BYTES = 1024;

/** Positions of nearly every message. */
const NONE: readonly never[] = [];

/** Throws `UnkeepableError` for what no store can keep, so that a batch is refused before any of it is kept. */
export function checkMessage({ time, stanza, beside, entries, positions = NONE }: NewMessage): void {
  checkTime(time);
  checkText(stanza);
  if (beside !== undefined) checkText(beside);
  const archives = entries.length + positions.length;
  if (archives < 1 || archives > 2) {
    throw new UnkeepableError(`Cannot keep a message in ${archives} archives: expected one or two`);
  }
  for (const { id } of entries) checkId(id);
  for (const { id } of positions) checkId(id);
}

/** The same for an entry that comes from elsewhere. */
export function checkWhole({ time, id, stanza, beside = "", with: peer, resource }: WholeEntry): void {
  checkTime(time);
  for (const text of [id, stanza, beside, peer, resource]) checkText(text);
  if (!Number.isSafeInteger(firstNumberAt(time))) {
    throw new UnkeepableError(`Cannot keep an entry of the time ${time}: expected the years 1950 to 2089`);
  }
  if (id === "") throw new UnkeepableError("Cannot keep an entry without an id");
  if (exceedsId(id)) throw new UnkeepableError(`Cannot keep an entry whose id has more than ${MAX_ID_BYTES} bytes`);
}

/** True when an id is longer than any that is kept; encodes only one that may be. */
export function exceedsId(id: string): boolean {
  return id.length > MAX_ID_BYTES ||
    (id.length * 3 > MAX_ID_BYTES && new TextEncoder().encode(id).length > MAX_ID_BYTES);
}

function checkId({ number }: ArchiveId): void {
  if (Number.isSafeInteger(number) && number >= 0) return;
  throw new UnkeepableError(`Cannot keep an entry under the number ${number}: expected an archive id's`);
}

function checkTime(time: number): void {
  if (Number.isSafeInteger(time)) return;
  throw new UnkeepableError(`Cannot keep a message of the time ${time}: expected milliseconds`);
}

/** Throws `UnkeepableError` for a space, a key or a value of data that no store can keep. */
export function checkDatum(space: string, key: string, { to = "" }: DatumChange): void {
  for (const text of [space, key, to]) checkText(text);
}

/** The same for a stanza that replaces another. */
export function checkStanza(stanza: string): void {
  checkText(stanza);
}

/** XML has no such character (XML 1.0 §2.2), so no JID has it either; PostgreSQL has none that holds it. */
function checkText(text: string): void {
  if (text.includes("\0")) throw new UnkeepableError("Cannot keep the character U+0000: expected XML");
}
