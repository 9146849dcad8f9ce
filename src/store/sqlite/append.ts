import type { DatabaseSync } from "node:sqlite";
import type { NewEntry, NewMessage, Position } from "../archive.ts";
import { timeOfNumber } from "../id.ts";
import { BulkInsert } from "./bulk_insert.ts";
import { Holders } from "./holders.ts";
import type { Kept } from "./kept.ts";
import type { Names } from "./names.ts";
import type { Passage } from "./passage.ts";
import { PositionWriter } from "./positions.ts";
import { EntryQuery } from "./query.ts";
import type { State } from "./state.ts";

/** An entry whose archive's short number is known. */
interface Placed extends NewEntry {
  readonly archiveId: number;
}

/** Adds messages to the tables `message` and `recent`, within the caller's transaction. */
export class Append {
  readonly #names: Names;
  readonly #state: State;
  readonly #passage: Passage;
  readonly #holders: Holders;
  readonly #positions: PositionWriter;
  readonly #messages: BulkInsert;
  readonly #recents: BulkInsert;
  readonly #holds: EntryQuery<{ message: number }>;

  constructor(db: DatabaseSync, { names, state, passage }: Kept) {
    this.#names = names;
    this.#state = state;
    this.#passage = passage;
    this.#holders = new Holders(db);
    this.#positions = new PositionWriter(db);
    this.#messages = new BulkInsert(db, "message", 7);
    this.#recents = new BulkInsert(db, "recent", 6);
    this.#holds = new EntryQuery(db, (table) => (
      `SELECT number - lag AS message FROM ${table} WHERE archive = ? AND number = ?`
    ));
  }

  /** Returns whether the message has entries. */
  add(message: NewMessage): boolean {
    const { entries, positions } = message;
    if (entries.length > 0) this.#addEntries(message);
    if (positions !== undefined) this.#addPositions(positions);
    return entries.length > 0;
  }

  flush(): void {
    this.#messages.flush();
    this.#recents.flush(([a], [b]) => Number(a) - Number(b));
  }

  discard(): void {
    this.#messages.discard();
    this.#recents.discard();
  }

  #addPositions(positions: readonly Position[]): void {
    for (const position of positions) {
      this.#positions.add(position);
      this.#state.sawNumber(position.id.number);
    }
  }

  #addEntries(message: NewMessage): void {
    const entries = message.entries.map((entry) => ({ ...entry, archiveId: this.#names.archive(entry.archive) }));
    if (entries.every(({ id }) => id.number > this.#state.newest) && !isTwice(entries)) {
      this.#insert(message, entries, leastNumber(entries));
    } else {
      this.#merge(message, entries);
    }
  }

  /** Adds what an archive may hold already, such as a batch that is sent again or an import. */
  #merge(message: NewMessage, entries: readonly Placed[]): void {
    this.flush();
    const held = entries.map((entry) => this.#messageOf(entry));
    const missing = entries.filter((_, index) => held[index] === undefined);
    const fresh = isTwice(missing) ? missing.slice(0, 1) : missing;
    if (fresh.length === 0) return;

    // The other end's entry may have brought the stanza already: with this message, or with an import of its own.
    const [only] = fresh;
    for (const number of new Set([...held, leastNumber(fresh)])) {
      if (number === undefined || fresh.length > 1 || only === undefined || only.id.number < number) continue;
      const hold = { archive: only.archiveId, lag: only.id.number - number };
      if (this.#holders.join(number, hold, message)) return this.#insertEntry(only, number, message.time);
    }
    let number = leastNumber(fresh);
    while (this.#holders.exists(number)) number--;
    this.#insert(message, fresh, number);
  }

  /** The message of an entry that its archive holds already. */
  #messageOf({ archiveId, id }: Placed): number | undefined {
    return this.#holds.all(archiveId, id.number)[0]?.message;
  }

  #insert({ time, stanza }: NewMessage, entries: readonly Placed[], number: number): void {
    const [one, two] = entries;
    this.#messages.add([
      number,
      timeOfNumber(number) - time,
      one?.archiveId ?? null,
      one ? one.id.number - number : null,
      two?.archiveId ?? null,
      two ? two.id.number - number : null,
      stanza,
    ]);
    for (const entry of entries) this.#insertEntry(entry, number, time);
  }

  #insertEntry(
    { archiveId, id: { number, random }, with: peer, resource }: Placed,
    message: number,
    time: number,
  ): void {
    const correspondent = this.#names.correspondent(archiveId, { peer, resource, number });
    const ahead = timeOfNumber(number) - time;
    this.#recents.add([archiveId, number, correspondent, ahead, number - message, BigInt.asIntN(64, random)]);
    this.#state.sawEntry(number, ahead);
    this.#passage.added(archiveId, { number, message });
  }
}

/** True when both entries claim the same place; the first has it. */
function isTwice([one, two]: readonly Placed[]): boolean {
  return one !== undefined && two !== undefined && one.archiveId === two.archiveId && one.id.number === two.id.number;
}

function leastNumber(entries: readonly Placed[]): number {
  return Math.min(...entries.map(({ id }) => id.number));
}
