import type { DatabaseSync } from "node:sqlite";
import type { Entries } from "./entries.ts";
import { Holders } from "./holders.ts";
import { Ids } from "./ids.ts";
import { NUMBERS_PER_SPAN, spanOf } from "./names.ts";
import type { Prune } from "./prune.ts";
import { EntryQuery, Query } from "./query.ts";
import { TABLES } from "./schema.ts";

interface Held {
  readonly number: number;
  readonly lag: number;
  readonly correspondent: number;
}

/** Forgets entries that are named, and with the last of a correspondent's the name of that. */
export class Forget {
  readonly #entries: Entries;
  readonly #prune: Prune;
  readonly #holders: Holders;
  readonly #ids: Ids;
  readonly #archive: Query<{ id: number }>;
  readonly #held: EntryQuery<Held>;
  readonly #active: Query<{ active: 0 | 1 }>;

  constructor(db: DatabaseSync, entries: Entries, prune: Prune) {
    this.#entries = entries;
    this.#prune = prune;
    this.#holders = new Holders(db);
    this.#ids = new Ids(db);
    this.#archive = new Query(db, "SELECT id FROM archive WHERE owner = ?");
    this.#held = new EntryQuery(
      db,
      (table) => `SELECT number, lag, correspondent FROM ${table} WHERE archive = ? AND number = ?`,
    );
    const inSpan = (table: string) => (
      `EXISTS (SELECT 1 FROM ${table} WHERE archive = ?1 AND number >= ?2 AND number < ?3 AND correspondent = ?4)`
    );
    this.#active = new Query(db, `SELECT ${TABLES.map(inSpan).join(" OR ")} AS active`);
  }

  /** Within the caller's transaction. Returns how many entries went. */
  run(owner: string, ids: readonly string[]): number {
    const archive = this.#archive.get(owner)?.id;
    if (archive === undefined) return 0;
    const numbers = new Set(this.#ids.located(archive, ids).values());
    const gone = [...numbers].flatMap((number) => this.#held.all(archive, number));
    for (const { number, lag } of gone) {
      this.#entries.remove(archive, number);
      this.#holders.leave(number - lag, { archive, lag });
    }
    this.#entries.flush();
    this.#prune.drop(this.#passed(archive, gone));
    return gone.length;
  }

  /** When a correspondent was active, as far as nothing of that is left. */
  #passed(archive: number, gone: readonly Held[]): { correspondent: number; span: number }[] {
    const touched = new Map(gone.map(({ correspondent, number }) => {
      const span = spanOf(number);
      return [`${correspondent} ${span}`, { correspondent, span }];
    }));
    return [...touched.values()].filter(({ correspondent, span }) => {
      const [first, end] = [span * NUMBERS_PER_SPAN, (span + 1) * NUMBERS_PER_SPAN];
      return this.#active.get(archive, first, end, correspondent)?.active === 0;
    });
  }
}
