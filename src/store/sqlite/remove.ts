import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { Entries } from "./entries.ts";
import { Holders } from "./holders.ts";
import { PositionWriter } from "./positions.ts";
import type { Prune } from "./prune.ts";
import { EntryQuery, Query } from "./query.ts";

/** Rows of a kind that go in one step. */
const STEP = 500;

/** Counts of one step. */
export interface Removed {
  readonly entries: number;
  /** True when something of the owner is left. */
  readonly more: boolean;
}

/** Forgets an owner, and those of the owner's messages that no other archive holds. */
export class Remove {
  readonly #entries: Entries;
  readonly #prune: Prune;
  readonly #holders: Holders;
  readonly #positions: PositionWriter;
  readonly #archive: Query<{ id: number }>;
  readonly #held: EntryQuery<{ number: number; lag: number }>;
  readonly #activities: Query<{ correspondent: number; span: number }>;
  readonly #dropPreferences: StatementSync;

  constructor(db: DatabaseSync, entries: Entries, prune: Prune) {
    this.#entries = entries;
    this.#prune = prune;
    this.#holders = new Holders(db);
    this.#positions = new PositionWriter(db);
    this.#archive = new Query(db, "SELECT id FROM archive WHERE owner = ?");
    this.#held = new EntryQuery(db, (table) => (
      `SELECT number, lag FROM ${table} WHERE archive = ? ORDER BY number LIMIT ${STEP}`
    ));
    this.#activities = new Query(
      db,
      `SELECT correspondent, span FROM correspondent CROSS JOIN activity ON activity.correspondent = correspondent.id
       WHERE archive = ? LIMIT ${STEP}`,
    );
    this.#dropPreferences = db.prepare("DELETE FROM preferences WHERE owner = ?");
  }

  /** One step, within the caller's transaction. */
  run(owner: string): Removed {
    this.#dropPreferences.run(owner);
    if (this.#positions.remove(owner, STEP) === STEP) return { entries: 0, more: true };
    const archive = this.#archive.get(owner)?.id;
    if (archive === undefined) return { entries: 0, more: false };

    const held = this.#held.all(archive);
    for (const { number, lag } of held) {
      this.#entries.remove(archive, number);
      this.#holders.leave(number - lag, { archive, lag });
    }
    this.#entries.flush();
    if (held.length >= STEP) return { entries: held.length, more: true };

    const activities = this.#activities.all(archive);
    this.#prune.drop(activities);
    return { entries: held.length, more: activities.length === STEP };
  }
}
