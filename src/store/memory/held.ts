/**
 * Entries of an archive in memory: what is read of them, and which of them a filter matches.
 *
 * @module
 */
import type { Entry, Filter, NewEntry, NewMessage } from "../archive.ts";
import { formatArchiveId } from "../id.ts";
import { type Bounds, COUNTED, type Selection } from "../selection.ts";

/** An entry, and the message that it shares with the other end's. */
export interface Held extends NewEntry {
  readonly message: Pick<NewMessage, "time" | "stanza" | "beside">;
  /** The text of its id, where it came from elsewhere. */
  readonly given?: string;
}

export function textOf({ id, given }: Held): string {
  return given ?? formatArchiveId(id);
}

export function entryOf(entry: Held): Entry {
  const { stanza, beside } = entry.message;
  return { ...placeOf(entry), stanza, ...beside !== undefined && { beside } };
}

export function placeOf(entry: Held): Pick<Entry, "id" | "time"> {
  return { id: textOf(entry), time: entry.message.time };
}

export function locate(held: readonly Held[], ids: readonly string[]): Promise<ReadonlyMap<string, number>> {
  const numbers = new Map(held.map((entry) => [textOf(entry), entry.id.number]));
  return Promise.resolve(
    new Map(ids.flatMap((id) => {
      const number = numbers.get(id);
      return number === undefined ? [] : [[id, number]];
    })),
  );
}

/** Counts the entries that match a filter, if they are not too many. */
export function countWithin(
  held: readonly Held[],
  filter: Filter,
  { matching, numbers }: Selection,
): number | undefined {
  if (numbers !== undefined) return undefined;
  const count = held.filter((entry) => matches(entry, filter, matching)).length;
  return count > COUNTED ? undefined : count;
}

export function matches(
  { id, message, with: peer, resource }: Held,
  filter: Filter,
  selection: Bounds & Pick<Selection, "numbers">,
): boolean {
  return id.number > selection.above && id.number < selection.below &&
    (selection.numbers?.includes(id.number) ?? true) &&
    message.time >= (filter.start ?? -Infinity) && message.time <= (filter.end ?? Infinity) &&
    (filter.with === undefined || filter.with === peer) &&
    (filter.beside === undefined || message.beside?.startsWith(filter.beside) === true) &&
    (filter.resource === undefined || filter.with === undefined || filter.resource === resource);
}
