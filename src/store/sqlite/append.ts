import type { NewEntry, NewMessage } from "../archive.ts";
import { timeOfNumber } from "../id.ts";
import { joinMessage, messageExists } from "./holders.ts";
import { insertPosition } from "./positions.ts";
import { bothTables } from "./schema.ts";
import { settle } from "./settle.ts";
import type { Writer } from "./writer.ts";

/** An entry whose archive's short number is known. */
interface Placed extends NewEntry {
  readonly archiveId: number;
}

/** Adds messages to the tables `message` and `recent`, within the caller's transaction. Returns how many of them have entries. */
export function appendBatch(writer: Writer, batch: readonly NewMessage[]): number {
  for (const message of batch) {
    if (message.entries.length > 0) addEntries(writer, message);
    for (const position of message.positions ?? []) {
      insertPosition(writer, position);
      writer.state.sawNumber(position.id.number);
    }
  }
  flush(writer);
  settle(writer);
  return batch.filter(({ entries }) => entries.length > 0).length;
}

function flush({ inserts }: Writer): void {
  inserts.message.flush();
  inserts.recent.flush(([a], [b]) => Number(a) - Number(b));
}

function addEntries(writer: Writer, message: NewMessage): void {
  const entries = message.entries.map((entry) => ({ ...entry, archiveId: writer.names.archive(entry.archive) }));
  if (entries.every(({ id }) => id.number > writer.state.newest) && !isTwice(entries)) {
    insertMessage(writer, message, { entries, number: leastNumber(entries) });
  } else {
    merge(writer, message, entries);
  }
}

/** Adds what an archive may hold already, such as a batch that is sent again or an import. */
function merge(writer: Writer, message: NewMessage, entries: readonly Placed[]): void {
  flush(writer);
  const held = entries.map((entry) => messageOf(writer, entry));
  const missing = entries.filter((_, index) => held[index] === undefined);
  const fresh = isTwice(missing) ? missing.slice(0, 1) : missing;
  if (fresh.length === 0) return;

  // The other end's entry may have brought the stanza already: with this message, or with an import of its own.
  const [only] = fresh;
  for (const number of new Set([...held, leastNumber(fresh)])) {
    if (number === undefined || fresh.length > 1 || only === undefined || only.id.number < number) continue;
    const hold = { ...message, archive: only.archiveId, lag: only.id.number - number };
    const { time } = message;
    if (joinMessage(writer, number, hold)) return insertEntry(writer, only, { message: number, time });
  }
  let number = leastNumber(fresh);
  while (messageExists(writer, number)) number--;
  insertMessage(writer, message, { entries: fresh, number });
}

const HOLDS = bothTables((table) => `SELECT number - lag AS message FROM ${table} WHERE archive = ? AND number = ?`);

/** The message of an entry that its archive holds already. */
function messageOf(writer: Writer, { archiveId, id }: Placed): number | undefined {
  for (const sql of HOLDS) {
    const found = writer.get<{ message: number }>(sql, archiveId, id.number);
    if (found !== undefined) return found.message;
  }
}

function insertMessage(
  writer: Writer,
  { time, stanza, beside }: NewMessage,
  { entries, number }: { readonly entries: readonly Placed[]; readonly number: number },
): void {
  const [one, two] = entries;
  writer.inserts.message.add([
    number,
    timeOfNumber(number) - time,
    one?.archiveId ?? null,
    one ? one.id.number - number : null,
    two?.archiveId ?? null,
    two ? two.id.number - number : null,
    stanza,
    beside ?? null,
  ]);
  for (const entry of entries) insertEntry(writer, entry, { message: number, time });
}

function insertEntry(
  { names, inserts, state, expiring }: Writer,
  { archiveId, id: { number, random }, with: peer, resource }: Placed,
  { message, time }: { readonly message: number; readonly time: number },
): void {
  const correspondent = names.correspondent(archiveId, { peer, resource, number });
  const ahead = timeOfNumber(number) - time;
  inserts.recent.add([archiveId, number, correspondent, ahead, number - message, BigInt.asIntN(64, random)]);
  state.sawEntry(number, ahead);
  expiring.added(archiveId, { number, message });
}

/** True when both entries claim the same place; the first has it. */
function isTwice([one, two]: readonly Placed[]): boolean {
  return one !== undefined && two !== undefined && one.archiveId === two.archiveId && one.id.number === two.id.number;
}

function leastNumber(entries: readonly Placed[]): number {
  return Math.min(...entries.map(({ id }) => id.number));
}
