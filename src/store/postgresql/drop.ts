import type { Database, Queries } from "./database.ts";
import { codeOf } from "./failure.ts";
import type { Partition, Partitions } from "./partitions.ts";

/** Milliseconds that everybody else may be held up by somebody who reads from what is to go. */
const LOCK_TIMEOUT = 200;

/** lock_not_available. */
const LOCKED = "55P03";

/** Drops partitions that a sweep has passed: thousands of entries as fast as one. */
export class Drop {
  readonly #database: Database;
  readonly #partitions: Partitions;
  readonly #least: number;

  /** `least` is for how many entries it is worth while. */
  constructor(database: Database, partitions: Partitions, least: number) {
    this.#database = database;
    this.#partitions = partitions;
    this.#least = least;
  }

  /**
   * Drops the oldest partition if no number in it is kept and it has so many entries, or none; returns how many, `undefined` where
   * there is nothing to drop or no way to do it at the moment. Only the oldest, so that no archive gets a gap.
   */
  async run(end: number): Promise<number | undefined> {
    try {
      return await this.#database.transaction((queries) => this.#drop(queries, end));
    } catch (error) {
      if (codeOf(error) === LOCKED) return undefined;
      throw error;
    }
  }

  async #drop(queries: Queries, end: number): Promise<number | undefined> {
    const oldest = await this.#partitions.oldest(queries);
    if (oldest === undefined || oldest.beyond > end || !await this.#isWorthwhile(queries, oldest)) return undefined;
    await queries.query(`SET LOCAL lock_timeout = ${LOCK_TIMEOUT}`);
    await queries.query("SELECT 1 FROM state WHERE one FOR UPDATE");
    // Others lock archives first, and the table then; so this must, too.
    const entries = await forgetCounts(queries, oldest);
    await queries.query("DELETE FROM span WHERE least = $1", [oldest.least]);
    await queries.query(`DROP TABLE ${oldest.table}`);
    this.#partitions.forget();
    return entries;
  }

  /** Where there are some entries but few, they had better be removed one by one. */
  async #isWorthwhile(queries: Queries, { table }: Partition): Promise<boolean> {
    const [row] = await queries.query<{ count: number }>(
      `SELECT count(*) AS count FROM (SELECT 1 FROM ${table} LIMIT $1) AS part`,
      [this.#least],
    );
    return row?.count === 0 || row?.count === this.#least;
  }
}

/** Takes the entries of a partition out of what their archives count; returns how many they are. */
async function forgetCounts(queries: Queries, { table, beyond }: Partition): Promise<number> {
  await queries.query(
    `SELECT id FROM archive WHERE EXISTS (SELECT 1 FROM ${table} AS gone WHERE gone.archive = id) ORDER BY id FOR UPDATE`,
  );
  const rows = await queries.query<{ count: number }>(
    `UPDATE archive SET entries = entries - count, oldest = greatest(oldest, $1::bigint), changes = changes + 1
     FROM (SELECT archive, count(*) AS count FROM ${table} GROUP BY archive) AS gone WHERE id = gone.archive
     RETURNING count`,
    [beyond],
  );
  return rows.reduce((sum, { count }) => sum + count, 0);
}
