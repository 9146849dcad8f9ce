import type { DatabaseSync } from "node:sqlite";
import { idOf, type IdRow, numbersAmong, ownIds } from "../own_ids.ts";
import { Query } from "./query.ts";
import { FOREIGN, TABLES } from "./schema.ts";
import type { Steps } from "./steps.ts";

/** Ids that one statement looks for. */
const MOST = 500;

/** Finds the entries of an archive that ids name: those of our own by both their halves, others by their text. */
export class Ids {
  readonly #own: readonly Query<IdRow>[];
  readonly #foreign: Query<{ text: string; number: number }>;

  constructor(db: DatabaseSync) {
    this.#own = TABLES.map((table) => new Query(db, ownQuery(table), { bigints: true }));
    this.#foreign = new Query(
      db,
      "SELECT text, number FROM json_each(?2) CROSS JOIN foreign_id ON archive = ?1 AND text = value",
    );
  }

  /** The numbers of those that the archive holds. */
  async locate(archive: number, texts: readonly string[], steps: Steps): Promise<Map<string, number>> {
    const located = new Map<string, number>();
    for (let at = 0; at < texts.length; at += MOST) {
      for (const [text, number] of this.located(archive, texts.slice(at, at + MOST))) located.set(text, number);
      await steps.pause();
    }
    return located;
  }

  /** The same without a pause, for few. Looks no further than it has to: a client mostly names one id, and one of our own. */
  located(archive: number, texts: readonly string[]): Map<string, number> {
    const located = new Map<string, number>();
    const ids = ownIds(texts);
    const numbers = JSON.stringify(ids.map(({ number }) => number));
    for (const own of this.#own) {
      for (const [text, number] of numbersAmong(own.all(archive, numbers).map(idOf), ids)) located.set(text, number);
      if (located.size === texts.length) return located;
    }
    for (const { text, number } of this.#foreign.all(archive, JSON.stringify(texts))) located.set(text, number);
    return located;
  }
}

function ownQuery(table: string): string {
  return `
    SELECT number, random FROM json_each(?2) CROSS JOIN ${table} AS place ON archive = ?1 AND number = value
    WHERE random <> ${FOREIGN} OR NOT EXISTS (
      SELECT 1 FROM foreign_id WHERE archive = place.archive AND number = place.number
    )`;
}
