import type { Database } from "./connection/database.ts";
import { codeOf } from "./connection/failure.ts";
import type { Partition, Partitions } from "./partitions.ts";
import type { Queries } from "./connection/session.ts";

/** Milliseconds that everybody else may be held up by somebody who reads from what is to go. */
const LOCK_TIMEOUT = 200;

/**
 * Milliseconds in which a vacuum that PostgreSQL has begun by itself gives way. It does when somebody has waited for it for
 * `deadlock_timeout`, a second; nobody else is held up meanwhile (PostgreSQL documentation §25.1.6).
 */
const VACUUM_TIMEOUT = 3000;

/** Milliseconds until that is tried again: who reads for so long may go on for hours, as a backup does. */
const PAUSE = 60_000;

/** lock_not_available, and query_canceled: it took too long; undefined_table: another process has dropped it. */
const HELD_UP = ["55P03", "57014", "42P01"];

/** Drops partitions that a sweep has passed: thousands of entries as fast as one. */
export class Drop {
  readonly #database: Database;
  readonly #partitions: Partitions;
  readonly #least: number;
  /** Not before this time of the clock that nobody sets. */
  #notBefore = 0;

  /** `least` is for how many entries it is worth while. */
  constructor(database: Database, partitions: Partitions, least: number) {
    this.#database = database;
    this.#partitions = partitions;
    this.#least = least;
  }

  /** The partition that is to go next, if the sweep gets so far; `undefined` when there is none, or none may go at the moment. */
  async next(): Promise<Partition | undefined> {
    if (performance.now() < this.#notBefore) return undefined;
    return await this.#partitions.oldest(this.#database);
  }

  /** Drops a partition that holds nothing, or much; says how much, or `undefined` when it was not dropped. */
  async run(partition: Partition): Promise<number | undefined> {
    try {
      return await this.#database.transaction((queries) => this.#drop(queries, partition));
    } catch (error) {
      if (!HELD_UP.includes(codeOf(error))) throw error;
      this.#notBefore = performance.now() + PAUSE;
      return undefined;
    }
  }

  async #drop(queries: Queries, partition: Partition): Promise<number | undefined> {
    await queries.query(`SET LOCAL lock_timeout = ${VACUUM_TIMEOUT}`);
    await queries.query(`LOCK TABLE ${partition.table} IN SHARE UPDATE EXCLUSIVE MODE`);
    await queries.query(`SET LOCAL lock_timeout = ${LOCK_TIMEOUT}`);
    await queries.query("SELECT 1 FROM state WHERE one FOR UPDATE");
    // Another process may have dropped it, or made an older one, whose entries must not be passed over.
    const oldest = await this.#partitions.oldest(queries);
    if (oldest?.least !== partition.least || !await this.#isWorthwhile(queries, partition)) return undefined;
    const entries = await forgetCounts(queries, partition);
    await queries.query("DELETE FROM span WHERE least = $1", [partition.least]);
    await queries.query(`DROP TABLE ${partition.table}`);
    this.#partitions.forget();
    return entries;
  }

  /** Reports whether dropping pays: a few entries are better removed one by one. */
  async #isWorthwhile(queries: Queries, { table }: Partition): Promise<boolean> {
    const [row] = await queries.query<{ count: number }>(
      `SELECT count(*) AS count FROM (SELECT 1 FROM ${table} LIMIT $1) AS part`,
      [this.#least],
    );
    return row?.count === 0 || row?.count === this.#least;
  }
}

/**
 * Takes the entries of a partition out of what their archives count; returns how many they are. Others lock archives first, and the
 * table then; so this must, too. Whoever began to add to it before is waited for, and counted.
 */
async function forgetCounts(queries: Queries, { table, beyond }: Partition): Promise<number> {
  await queries.query(
    `SELECT id FROM archive WHERE EXISTS (SELECT 1 FROM ${table} AS gone WHERE gone.archive = id) ORDER BY id FOR UPDATE`,
  );
  await queries.query(`LOCK TABLE ${table} IN SHARE MODE`);
  const rows = await queries.query<{ count: number }>(
    `UPDATE archive SET entries = entries - count, oldest = greatest(oldest, $1::bigint), changes = changes + 1
     FROM (SELECT archive, count(*) AS count FROM ${table} GROUP BY archive) AS gone WHERE id = gone.archive
     RETURNING count`,
    [beyond],
  );
  return rows.reduce((sum, { count }) => sum + count, 0);
}
