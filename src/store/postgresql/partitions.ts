import type { Database } from "./connection/database.ts";
import type { Queries } from "./connection/session.ts";

/** Spans that are remembered; an archive has them from a few months only, but for what is imported. */
const REMEMBERED = 10_000;

/**
 * The partitions of the table `entry`, each of them a span of numbers. They are made when they are first needed, each with the
 * one after it, so that the first messages of a span find theirs there.
 */
export class Partitions {
  readonly #database: Database;
  readonly #width: number;
  /** The first numbers of spans that have a partition, as far as this process knows: another may have dropped one. */
  readonly #known = new Set<number>();

  constructor(database: Database, width: number) {
    this.#database = database;
    this.#width = width;
  }

  /** Makes what is missing for entries with these numbers. */
  async provide(numbers: Iterable<number>): Promise<void> {
    const wanted = new Set<number>();
    for (const number of numbers) {
      const least = Math.floor(number / this.#width) * this.#width;
      if (!this.#known.has(least)) wanted.add(least).add(least + this.#width);
    }
    if (wanted.size === 0) return;
    if (this.#known.size > REMEMBERED) this.#known.clear();
    await this.#database.transaction((queries) => this.#make(queries, [...wanted]));
    // The one after is asked for again when its time has come, so that there is one after that.
    for (const number of numbers) this.#known.add(Math.floor(number / this.#width) * this.#width);
  }

  /** To be called when there was no partition for a number that should have had one. */
  forget(): void {
    this.#known.clear();
  }

  /** The oldest; `undefined` when there is none. */
  async oldest(queries: Queries): Promise<Partition | undefined> {
    const [row] = await queries.query<{ least: number }>("SELECT least FROM span ORDER BY least LIMIT 1");
    return row && { least: row.least, beyond: row.least + this.#width, table: tableOf(row.least) };
  }

  /**
   * A table that is made first and attached then holds nobody up; one that is made as a partition waits for every query on the
   * archives, and every query for it (PostgreSQL documentation §5.11.2.1).
   */
  async #make(queries: Queries, wanted: readonly number[]): Promise<void> {
    await queries.query("SELECT 1 FROM state WHERE one FOR UPDATE");
    const rows = await queries.query<{ least: number }>("SELECT least FROM span ORDER BY least");
    const there = new Set(rows.map(({ least }) => least));
    for (const least of wanted.filter((least) => !there.has(least))) {
      const table = tableOf(least);
      await queries.query(`CREATE TABLE ${table} (LIKE entry INCLUDING ALL)`);
      await queries.query(
        `ALTER TABLE entry ATTACH PARTITION ${table} FOR VALUES FROM (${least}) TO (${least + this.#width})`,
      );
      await queries.query("INSERT INTO span (least) VALUES ($1)", [least]);
    }
  }
}

/** A part of the table `entry`. */
export interface Partition {
  readonly least: number;
  /** The first number that it has no room for. */
  readonly beyond: number;
  /** Its name, as SQL writes it. */
  readonly table: string;
}

function tableOf(least: number): string {
  return `"entry_${least}"`;
}
