import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { Position } from "../archive.ts";
import type { ArchiveId } from "../id.ts";
import { idOf, type IdRow, numbersAmong, ownIds } from "../own_ids.ts";
import { Query } from "./query.ts";

/** Finds the positions of owners. They are rare: what has an entry is never looked for here. */
export class PositionReader {
  readonly #named: Query<IdRow>;
  readonly #list: Query<IdRow>;

  constructor(db: DatabaseSync) {
    const columns = "SELECT number, random FROM";
    this.#named = new Query(
      db,
      `${columns} json_each(?2) CROSS JOIN position ON owner = ?1 AND number = value`,
      { bigints: true },
    );
    this.#list = new Query(
      db,
      `${columns} position WHERE owner = ? AND number > ? ORDER BY number LIMIT ?`,
      { bigints: true },
    );
  }

  /** The numbers of those ids that are positions of an owner. */
  locate(owner: string, texts: readonly string[]): Map<string, number> {
    const ids = ownIds(texts);
    const numbers = JSON.stringify(ids.map(({ number }) => number));
    return numbersAmong(this.#named.all(owner, numbers).map(idOf), ids);
  }

  list(owner: string, after: number, limit: number): ArchiveId[] {
    return this.#list.all(owner, after, limit).map(idOf);
  }
}

/** Adds and forgets positions, within the caller's transaction; what forgets returns how many went. */
export class PositionWriter {
  readonly #add: StatementSync;
  readonly #expire: StatementSync;
  readonly #before: StatementSync;
  readonly #trim: StatementSync;
  readonly #forget: StatementSync;
  readonly #remove: StatementSync;

  constructor(db: DatabaseSync) {
    this.#add = db.prepare("INSERT OR IGNORE INTO position (owner, number, random) VALUES (?, ?, ?)");
    this.#expire = db.prepare(
      `DELETE FROM position WHERE (owner, number) IN (
        SELECT owner, number FROM position WHERE number < ? ORDER BY number LIMIT ?
      )`,
    );
    this.#before = db.prepare(
      "DELETE FROM position WHERE owner = (SELECT owner FROM archive WHERE id = ?) AND number < ?",
    );
    this.#trim = db.prepare(
      `DELETE FROM position WHERE (owner, number) IN (
        SELECT owner, number FROM (
          SELECT owner, number, row_number() OVER (PARTITION BY owner ORDER BY number DESC) AS place FROM position
        ) WHERE place > ? LIMIT ?
      )`,
    );
    this.#forget = db.prepare("DELETE FROM position WHERE owner = ? AND number = ? AND random = ?");
    this.#remove = db.prepare(
      `DELETE FROM position WHERE owner = ?1 AND number IN (
        SELECT number FROM position WHERE owner = ?1 ORDER BY number LIMIT ?2
      )`,
    );
  }

  add({ archive, id: { number, random } }: Position): void {
    this.#add.run(archive, number, BigInt.asIntN(64, random));
  }

  /** Forgets those of all owners with lesser numbers. */
  expire(end: number, limit: number): number {
    return Number(this.#expire.run(end, limit).changes);
  }

  /** Forgets those of an archive with lesser numbers. */
  dropBefore(archive: number, number: number): void {
    this.#before.run(archive, number);
  }

  /** Forgets those beyond the newest of each owner. */
  trim(keep: number, limit: number): number {
    return Number(this.#trim.run(keep, limit).changes);
  }

  /** Forgets those of an owner that are named. */
  forget(owner: string, texts: readonly string[]): void {
    for (const { number, random } of ownIds(texts)) this.#forget.run(owner, number, BigInt.asIntN(64, random));
  }

  /** Forgets those of an owner. */
  remove(owner: string, limit: number): number {
    return Number(this.#remove.run(owner, limit).changes);
  }
}
