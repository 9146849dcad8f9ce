/**
 * Places of entries from elsewhere.
 *
 * @module
 */
import type { WholeEntry } from "./archive.ts";
import { type ArchiveId, firstNumberAt, parseArchiveId, timeOfNumber } from "./id.ts";

/** Milliseconds by which the number of an id of our own runs ahead of the time of receipt, where the clock was not wrong. */
const AHEAD = 86_400_000;

/** Facts about the archive that entries go to. */
export interface Places {
  /** The number of the entry with an id, where there is one. */
  located(id: string): number | undefined;
  /** The least number that some entry has and that is not less than this; `Infinity` when there is none. */
  taken(number: number): number;
}

/** A place for an entry: an id of our own, or a number under which an id from elsewhere is kept. */
export interface Place extends ArchiveId {
  readonly given?: string;
}

/**
 * Finds places for entries of one archive, in order: under the number that is due at its time, or the next that is free behind
 * the entry before it. So entries keep their order also where a clock had only seconds, or ran back. An id that Annals once
 * made says its place itself.
 *
 * @yields the places, `undefined` for an entry that is there already
 */
export function* placesFor(
  entries: readonly WholeEntry[],
  { located, taken }: Places,
  after?: string,
): Generator<Place | undefined> {
  let previous = after === undefined ? -Infinity : located(after) ?? -Infinity;
  let nextTaken = -Infinity;
  const known = new Map<string, number>();
  const isFree = (number: number): boolean => {
    if (number > nextTaken) nextTaken = taken(number);
    return number < nextTaken;
  };
  for (const { id, time } of entries) {
    const held = known.get(id) ?? located(id);
    if (held !== undefined) {
      previous = Math.max(previous, held);
      yield undefined;
      continue;
    }
    const own = ownId(id, time);
    if (own !== undefined && own.number > previous && isFree(own.number)) {
      yield own;
      previous = own.number;
    } else {
      let number = Math.max(previous + 1, firstNumberAt(time));
      while (!isFree(number)) number++;
      yield { number, random: 0n, given: id };
      previous = number;
    }
    known.set(id, previous);
  }
}

/** An id that this program made: its number is that of the time. Another's would hardly say the same time by chance. */
function ownId(id: string, time: number): ArchiveId | undefined {
  const own = parseArchiveId(id);
  const ahead = own && timeOfNumber(own.number) - time;
  return ahead !== undefined && ahead >= 0 && ahead <= AHEAD ? own : undefined;
}
