import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { Adoption, WholeEntry } from "../archive.ts";
import { timeOfNumber } from "../id.ts";
import { type Place, placesFor } from "../place.ts";
import { BulkInsert } from "./bulk_insert.ts";
import { Holders } from "./holders.ts";
import { Ids } from "./ids.ts";
import type { Kept } from "./kept.ts";
import { EntryQuery } from "./query.ts";

/** Adds entries from elsewhere to the tables `message`, `entry` and `foreign_id`, within the caller's transaction. */
export class Adopt {
  readonly #kept: Kept;
  readonly #ids: Ids;
  readonly #holders: Holders;
  readonly #next: EntryQuery<{ number: number }>;
  readonly #messages: BulkInsert;
  readonly #entries: BulkInsert;
  readonly #foreignIds: BulkInsert;
  readonly #count: StatementSync;
  /** Messages that wait to be inserted. */
  readonly #fresh = new Set<number>();

  constructor(db: DatabaseSync, kept: Kept) {
    this.#kept = kept;
    this.#ids = new Ids(db);
    this.#holders = new Holders(db);
    this.#next = new EntryQuery(db, (table) => (
      `SELECT number FROM ${table} WHERE archive = ? AND number >= ? ORDER BY number LIMIT 1`
    ));
    this.#messages = new BulkInsert(db, "message", 7);
    this.#entries = new BulkInsert(db, "entry", 6);
    this.#foreignIds = new BulkInsert(db, "foreign_id", 3);
    this.#count = db.prepare("UPDATE archive SET settled = settled + ? WHERE id = ?");
  }

  run(owner: string, entries: readonly WholeEntry[], after?: string): Adoption {
    if (entries.length === 0) return { added: 0, held: 0 };
    const archive = this.#kept.names.archive(owner);
    const named = entries.map(({ id }) => id);
    const located = this.#ids.located(archive, after === undefined ? named : [...named, after]);
    const places = placesFor(entries, {
      located: (id) => located.get(id),
      taken: (number) => Math.min(Infinity, ...this.#next.all(archive, number).map(({ number }) => number)),
    }, after);
    let added = 0;
    for (const entry of entries) {
      const place = places.next().value || undefined;
      if (place === undefined) continue;
      this.#add(archive, entry, place);
      added++;
    }
    this.#flush();
    this.#count.run(added, archive);
    return { added, held: entries.length - added };
  }

  /** Forgets what waits: the transaction that it belongs to is rolled back. */
  discard(): void {
    for (const table of [this.#messages, this.#entries, this.#foreignIds]) table.discard();
    this.#fresh.clear();
  }

  #add(archive: number, { time, stanza, with: peer, resource }: WholeEntry, { number, random, given }: Place): void {
    const ahead = timeOfNumber(number) - time;
    const message = this.#messageFor(archive, number, { time, stanza });
    const correspondent = this.#kept.names.correspondent(archive, { peer, resource, number });
    this.#entries.add([archive, number, correspondent, ahead, number - message, BigInt.asIntN(64, random)]);
    if (given !== undefined) this.#foreignIds.add([archive, given, number]);
    this.#kept.state.sawSettled(number, ahead);
    this.#kept.passage.added(archive, { number, message });
  }

  /** Joins the other end's message, when it is the same and in its place; else adds one, under a number that is free. */
  #messageFor(archive: number, number: number, content: { time: number; stanza: string }): number {
    let message = number;
    // No message has a number that is greater than that of every entry.
    const isNewest = number > this.#kept.state.newest;
    for (; !isNewest && (this.#fresh.has(message) || this.#holders.exists(message)); message--) {
      if (this.#holders.join(message, { archive, lag: number - message }, content)) return message;
    }
    const ahead = timeOfNumber(message) - content.time;
    this.#messages.add([message, ahead, archive, number - message, null, null, content.stanza]);
    this.#fresh.add(message);
    return message;
  }

  #flush(): void {
    for (const table of [this.#messages, this.#entries, this.#foreignIds]) table.flush();
    this.#fresh.clear();
  }
}
