import type { Preferences } from "../archive.ts";
import { columnsOf, OWNED, type OwnerKey, ownerOf, partsOf } from "./owner.ts";
import type { Queries } from "./connection/session.ts";

/** Owners that one statement asks for. */
const MOST = 500;

type Answer = PromiseWithResolvers<Preferences | undefined>;

/**
 * Answers who asks for preferences, each statement all that wait: while one is under way, the next gathers. When a service starts,
 * whoever sends or gets a message is asked for at once, and messages wait for it.
 */
export class PreferencesReader {
  readonly #queries: Queries;
  readonly #waiting = new Map<string, Answer>();
  #underWay = false;

  constructor(queries: Queries) {
    this.#queries = queries;
  }

  read(owner: string): Promise<Preferences | undefined> {
    const answer = this.#waiting.get(owner) ?? Promise.withResolvers();
    this.#waiting.set(owner, answer);
    if (!this.#underWay) void this.#run();
    return answer.promise;
  }

  async #run(): Promise<void> {
    this.#underWay = true;
    // Whoever asks in the same breath is in the first statement.
    await Promise.resolve();
    while (this.#waiting.size > 0) await this.#answer([...this.#waiting].slice(0, MOST));
    this.#underWay = false;
  }

  async #answer(asked: readonly (readonly [owner: string, answer: Answer])[]): Promise<void> {
    for (const [owner] of asked) this.#waiting.delete(owner);
    try {
      const found = await readPreferences(this.#queries, asked.map(([owner]) => owner));
      for (const [owner, answer] of asked) answer.resolve(found.get(owner));
    } catch (error) {
      for (const [, answer] of asked) answer.reject(error);
    }
  }
}

/** The column `preferences`, which is JSON, of those owners who have any. */
export async function readPreferences(
  queries: Queries,
  owners: readonly string[],
): Promise<ReadonlyMap<string, Preferences>> {
  const rows = await queries.query<OwnerKey & { readonly preferences: string }>(
    `SELECT domain, local, preferences FROM archive JOIN unnest($1::text[], $2::text[]) AS owner (domain, local)
     USING (domain, local) WHERE preferences IS NOT NULL`,
    columnsOf(owners),
  );
  return new Map(rows.map((row) => [ownerOf(row), JSON.parse(row.preferences)]));
}

export async function writePreferences(
  queries: Queries,
  owner: string,
  { default: fallback, always, never }: Preferences,
): Promise<void> {
  // An INSERT uses up a number of an archive even where there is the row, and whoever sets preferences over and over all of them.
  await queries.query(
    `WITH there AS (UPDATE archive SET preferences = $3 WHERE ${OWNED} RETURNING 1)
     INSERT INTO archive (domain, local, preferences) SELECT $1, $2, $3 WHERE NOT EXISTS (SELECT 1 FROM there)
     ON CONFLICT (domain, local) DO UPDATE SET preferences = excluded.preferences`,
    [...partsOf(owner), JSON.stringify({ default: fallback, always, never })],
  );
}
