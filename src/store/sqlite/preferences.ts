import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { Preferences } from "../archive.ts";
import { Query } from "./query.ts";

interface Columns {
  readonly fallback: Preferences["default"];
  readonly always: string;
  readonly never: string;
}

/** The table of preferences, to be read; lists of JIDs are JSON. */
export class PreferenceReader {
  readonly #select: Query<Columns>;

  constructor(db: DatabaseSync) {
    this.#select = new Query(db, "SELECT fallback, always, never FROM preferences WHERE owner = ?");
  }

  get(owner: string): Preferences | undefined {
    const row = this.#select.get(owner);
    return row && { default: row.fallback, always: JSON.parse(row.always), never: JSON.parse(row.never) };
  }
}

/** The same, to be written. */
export class PreferenceWriter {
  readonly #replace: StatementSync;

  constructor(db: DatabaseSync) {
    this.#replace = db.prepare(
      "INSERT OR REPLACE INTO preferences (owner, fallback, always, never) VALUES (?, ?, ?, ?)",
    );
  }

  set(owner: string, preferences: Preferences): void {
    const { always, never } = preferences;
    this.#replace.run(owner, preferences.default, JSON.stringify(always), JSON.stringify(never));
  }
}
