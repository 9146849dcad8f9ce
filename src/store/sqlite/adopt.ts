import type { Adoption, WholeEntry } from "../archive.ts";
import { timeOfNumber } from "../id.ts";
import { type Place, placesFor } from "../place.ts";
import { joinMessage, messageExists } from "./holders.ts";
import { locateIds } from "./ids.ts";
import { bothTables } from "./schema.ts";
import type { Writer } from "./writer.ts";

const NEXT = bothTables((table) => (
  `SELECT number FROM ${table} WHERE archive = ? AND number >= ? ORDER BY number LIMIT 1`
));

/** Adds entries from elsewhere to the tables `message`, `entry` and `foreign_id`, within the caller's transaction. */
export function adoptEntries(
  writer: Writer,
  owner: string,
  { entries, after }: { readonly entries: readonly WholeEntry[]; readonly after: string | undefined },
): Adoption {
  if (entries.length === 0) return { added: 0, held: 0 };
  const archive = writer.names.archive(owner);
  const named = entries.map(({ id }) => id);
  const located = locateIds(writer, archive, after === undefined ? named : [...named, after]);
  const places = placesFor(entries, {
    located: (id) => located.get(id),
    taken: (number) =>
      Math.min(
        Infinity,
        ...NEXT.flatMap((sql) => writer.get<{ number: number }>(sql, archive, number)?.number ?? []),
      ),
  }, after);
  const fresh = new Set<number>();
  let added = 0;
  for (const entry of entries) {
    const place = places.next().value || undefined;
    if (place === undefined) continue;
    add(writer, { archive, entry, place, fresh });
    added++;
  }
  const { message, entry, foreign_id } = writer.inserts;
  for (const table of [message, entry, foreign_id]) table.flush();
  writer.run("UPDATE archive SET settled = settled + ? WHERE id = ?", added, archive);
  return { added, held: entries.length - added };
}

/** An entry on its way into an archive. */
interface Adopted {
  readonly archive: number;
  readonly entry: WholeEntry;
  readonly place: Place;
  /** Messages that wait to be inserted. */
  readonly fresh: Set<number>;
}

function add(writer: Writer, adopted: Adopted): void {
  const { archive, entry: { time, with: peer, resource }, place: { number, random, given } } = adopted;
  const { names, inserts, state, expiring } = writer;
  const ahead = timeOfNumber(number) - time;
  const message = messageFor(writer, adopted);
  const correspondent = names.correspondent(archive, { peer, resource, number });
  inserts.entry.add([archive, number, correspondent, ahead, number - message, BigInt.asIntN(64, random)]);
  if (given !== undefined) inserts.foreign_id.add([archive, given, number]);
  state.sawSettled(number, ahead);
  expiring.added(archive, { number, message });
}

/** Joins the other end's message, when it is the same and in its place; else adds one, under a number that is free. */
function messageFor(writer: Writer, { archive, entry, place: { number }, fresh }: Adopted): number {
  const { time, stanza, beside = null } = entry;
  let message = number;
  // No message has a number that is greater than that of every entry.
  const isNewest = number > writer.state.newest;
  for (; !isNewest && (fresh.has(message) || messageExists(writer, message)); message--) {
    if (joinMessage(writer, message, { ...entry, archive, lag: number - message })) return message;
  }
  writer.inserts.message.add([
    message,
    timeOfNumber(message) - time,
    archive,
    number - message,
    null,
    null,
    stanza,
    beside,
  ]);
  fresh.add(message);
  return message;
}
