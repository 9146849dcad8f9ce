import type { Expired } from "../archive.ts";
import { firstNumberAt } from "../id.ts";
import { within } from "./criteria.ts";
import type { Database } from "./connection/database.ts";
import type { Queries } from "./connection/session.ts";
import type { Drop } from "./drop.ts";
import { numbers } from "./literal.ts";
import { removeOldest } from "./remove.ts";

/** Archives that one step takes from, which are locked meanwhile. */
const ARCHIVES = 32;

/**
 * Forgets what is older than a time: whole partitions where it can; what is left, archive by archive, those first that have the
 * oldest. Nothing is kept of how far it came: `archive.oldest` says where there is anything left.
 */
export class Expire {
  readonly #database: Database;
  readonly #drop: Drop;

  constructor(database: Database, drop: Drop) {
    this.#database = database;
    this.#drop = drop;
  }

  /** One step: a partition, or at most `limit` entries. */
  async run(before: number, limit: number): Promise<Expired> {
    const end = within(firstNumberAt(before));
    const oldest = await this.#drop.next();
    if (oldest !== undefined && oldest.beyond <= end) {
      const entries = await this.#drop.run(oldest);
      if (entries !== undefined) return { entries, more: true };
    }
    // What is in the next partition may go with it, but for what is left to do in this step.
    const first = await this.#removeBelow(Math.min(end, oldest?.beyond ?? end), limit);
    if (first.more) return first;
    const rest = await this.#removeBelow(end, limit - first.entries);
    return { entries: first.entries + rest.entries, more: rest.more };
  }

  async #removeBelow(end: number, limit: number): Promise<Expired> {
    const archives = await this.#candidates(end);
    if (archives.length === 0) return { entries: 0, more: false };
    const entries = await this.#database.transaction((queries) => this.#remove(queries, archives, { end, limit }));
    return { entries, more: entries === limit || archives.length === ARCHIVES };
  }

  async #candidates(end: number): Promise<number[]> {
    const rows = await this.#database.query<{ id: number }>(
      "SELECT id FROM archive WHERE oldest < $1 ORDER BY oldest LIMIT $2",
      [end, ARCHIVES],
    );
    return rows.map(({ id }) => id);
  }

  async #remove(
    queries: Queries,
    archives: readonly number[],
    { end, limit }: { readonly end: number; readonly limit: number },
  ): Promise<number> {
    const locked = await queries.query<{ id: number }>(
      "SELECT id FROM archive WHERE id = ANY ($1::integer[]) ORDER BY id FOR UPDATE",
      [numbers(archives)],
    );
    let left = limit;
    for (const { id } of locked) {
      if (left > 0) left -= await removeOldest(queries, id, { below: end, limit: left });
    }
    return limit - left;
  }
}
