/**
 * Statements that clients can cause in PostgreSQL, and their plans.
 *
 * @module
 */
import type { Filter, Paging } from "../../../src/store/archive.ts";
import { EPOCH, firstNumberAt, formatArchiveId } from "../../../src/store/id.ts";
import { adoptEntries } from "../../../src/store/postgresql/adopt.ts";
import { lockArchives } from "../../../src/store/postgresql/archives.ts";
import { peerKey } from "../../../src/store/postgresql/entry_rows.ts";
import type { Database } from "../../../src/store/postgresql/connection/database.ts";
import { following } from "../../../src/store/postgresql/follow.ts";
import { LIMITS } from "../../../src/store/postgresql/limits.ts";
import { listOwners } from "../../../src/store/postgresql/owner.ts";
import { Partitions } from "../../../src/store/postgresql/partitions.ts";
import {
  dropPassed,
  expirePositions,
  forgetPositions,
  insertPositions,
  listPositions,
} from "../../../src/store/postgresql/positions.ts";
import { readPreferences } from "../../../src/store/postgresql/preferences.ts";
import { readCount } from "../../../src/store/postgresql/count.ts";
import { readExtent, readPage } from "../../../src/store/postgresql/page.ts";
import { removeNumbers, removeOldest } from "../../../src/store/postgresql/remove.ts";
import { remember, renumber } from "../../../src/store/postgresql/renumber.ts";
import { writeStanza } from "../../../src/store/postgresql/rewrite.ts";
import type { Parameter, Queries } from "../../../src/store/postgresql/connection/session.ts";
import { walkEntries } from "../../../src/store/postgresql/walk.ts";

const WEEKS = 20;
const WEEK = 7 * 86_400_000;
const START = EPOCH + 7 * WEEK;
const OWNER = "user1@verona.example";
const SELDOM = "nurse@verona.example";
/** Entries of a page. */
export const MAX = 50;

/** A node of what `EXPLAIN (ANALYZE, FORMAT JSON)` says (PostgreSQL documentation §14.1). */
export interface Plan {
  readonly "Node Type": string;
  readonly "Actual Rows": number;
  readonly "Actual Loops": number;
  readonly "Rows Removed by Filter"?: number;
  readonly "Index Name"?: string;
  readonly "Relation Name"?: string;
  readonly "CTE Name"?: string;
  readonly "Alias"?: string;
  readonly "Subplan Name"?: string;
  readonly "Operation"?: string;
  readonly Plans?: readonly Plan[];
}

/** One statement, the question that first had it asked, and how it was gone about. */
export interface Explained {
  readonly question: string;
  readonly statement: string;
  readonly plan: Plan;
}

/** A plan and all below it. */
export function nodesOf(plan: Plan): Plan[] {
  return [plan, ...(plan.Plans ?? []).flatMap(nodesOf)];
}

/** Runs statements, and asks how that is done. */
export class Explaining implements Queries {
  readonly explained: Explained[] = [];
  /** Name of the question that causes the statements. */
  question = "";
  readonly #database: Database;
  #last: Promise<unknown> = Promise.resolve();

  constructor(database: Database) {
    this.#database = database;
  }

  /** One after the other, also what is asked at once: a prepared statement is its connection's. */
  query<Row>(statement: string, parameters: readonly Parameter[] = []): Promise<Row[]> {
    const rows = this.#last.then(() => this.#explain<Row>(statement, parameters));
    this.#last = rows;
    return rows;
  }

  async #explain<Row>(statement: string, parameters: readonly Parameter[]): Promise<Row[]> {
    const values = parameters.map((value) => value === null ? "NULL" : `'${String(value).replaceAll("'", "''")}'`);
    const name = `asked${this.explained.length}`;
    await this.#database.query(`PREPARE ${name} AS ${statement}`);
    const [row] = await this.#database.query<{ "QUERY PLAN": readonly [{ readonly Plan: Plan }] }>(
      `EXPLAIN (ANALYZE, FORMAT JSON) EXECUTE ${name}${values.length > 0 ? `(${values.join(", ")})` : ""}`,
    );
    const plan = row?.["QUERY PLAN"][0].Plan;
    if (plan !== undefined) this.explained.push({ question: this.question, statement, plan });
    return await this.#database.query(statement, parameters);
  }
}

/**
 * Fills an empty database: a thousand archives, of which one has every tenth message of twenty weeks. Of all there are eight with
 * somebody who seldom writes.
 */
export async function fillForPlans(db: Database, entries: number): Promise<void> {
  const step = WEEKS * WEEK / entries;
  const weeks = Array.from({ length: WEEKS + 1 }, (_, week) => firstNumberAt(EPOCH + week * WEEK));
  await new Partitions(db, LIMITS.spanNumbers).provide(weeks);
  await db.query(
    "INSERT INTO archive (domain, local) SELECT 'verona.example', 'user' || i FROM generate_series(1, 1000) AS i",
  );
  const peers = ["peer@verona.example", SELDOM].map((jid) => `('${jid}', ${peerKey(jid)})`);
  await db.query(
    `INSERT INTO entry (number, random, time, archive, peer_key, correspondent, stanza)
     SELECT (i * ${step}::bigint) << 12, 0, ${EPOCH} + i * ${step}::bigint,
       CASE WHEN i % 10 = 0 THEN 1 ELSE 1 + i % 1000 END, key, jid || '/orchard', '<message/>'
     FROM generate_series(0, ${entries - 1}) AS i
     JOIN (VALUES ${peers.join(", ")}) AS peer (jid, key) ON (jid = '${SELDOM}') = (i % ${entries / 8} = 0)`,
  );
  await db.query(
    `UPDATE archive SET entries = count, oldest = first, newest = last FROM (
       SELECT archive, count(*), min(number) AS first, max(number) AS last FROM entry GROUP BY archive
     ) AS sum WHERE archive = id`,
  );
  await db.query(
    `INSERT INTO position (archive, number, random)
     SELECT 1 + i % 1000, (i * ${step}::bigint << 12) + 1, 0 FROM generate_series(0, 9999) AS i`,
  );
  await db.query("ANALYZE");
}

/** Asks all that a client can have asked, where `fillForPlans` was; but for counts, which look at all that they count. */
export async function askPages(queries: Explaining, entries: number): Promise<void> {
  const idIn = (week: number) => (
    formatArchiveId({
      number: firstNumberAt(EPOCH + Math.floor(entries / 200) * 10 * week * WEEKS * WEEK / entries),
      random: 0n,
    })
  );
  const pagings: Record<string, Paging> = {
    "The first page": { max: MAX },
    "The last page": { max: MAX, before: "" },
    "The page after an id": { max: MAX, after: idIn(7) },
    "The page before an id": { max: MAX, before: idIn(7) },
  };
  for (const [filtered, filter] of Object.entries(FILTERS)) {
    for (const [paged, paging] of Object.entries(pagings)) {
      queries.question = `${paged}${filtered}`;
      if ("unknown" in await readPage(queries, OWNER, { filter, paging })) throw new Error("The id is not known");
    }
    queries.question = `Entries by their ids${filtered}`;
    await readPage(queries, OWNER, { filter: { ...filter, ids: [idIn(7), idIn(3)] }, paging: { max: MAX } });
  }
  queries.question = "The page after an id that came from elsewhere";
  await readPage(queries, OWNER, { filter: {}, paging: { max: MAX, after: "an id from elsewhere" } });
  queries.question = "The page after an id under which nothing is kept";
  const passed = formatArchiveId({ number: firstNumberAt(EPOCH) + 1, random: 0n });
  if ("unknown" in await readPage(queries, OWNER, { filter: {}, paging: { max: MAX, after: passed } })) {
    throw new Error("The id is not known");
  }
  queries.question = "Ids under which nothing is kept, from the first to the last (migrate-store)";
  await listPositions(queries, OWNER, { after: 0, limit: MAX });
  queries.question = "Both ends of an archive (metadata)";
  await readExtent(queries, OWNER);
  queries.question = "Preferences";
  await readPreferences(queries, [OWNER]);
  queries.question = "An archive from its beginning to its end (export)";
  await walkEntries(queries, OWNER, MAX).next();
  queries.question = "Whose archives there are (export)";
  await listOwners(queries, { domain: "verona.example", after: OWNER, limit: 10 });
  queries.question = "A message is added";
  const time = EPOCH + WEEKS * WEEK;
  const entry = { archive: OWNER, id: { number: firstNumberAt(time), random: 0n }, with: SELDOM, resource: "" };
  const copy = { digest: "a digest", until: time };
  const statements = following([{ time, stanza: "<message/>", entries: [entry], copy }], "a process") ?? [];
  for (const [statement, parameters] of statements) await queries.query(statement, parameters);
}

/** Has entries changed by those who are no clients: a sweep, a purge, an import, another process that was faster. */
export async function askChanges(queries: Explaining): Promise<void> {
  queries.question = "Archives are locked ahead of what changes them";
  const { id = 0 } = (await lockArchives(queries, [OWNER])).get(OWNER) ?? {};
  queries.question = "A sweep forgets the oldest entries of an archive";
  await removeOldest(queries, id, { below: firstNumberAt(START), limit: MAX });
  queries.question = "A sweep forgets ids under which nothing is kept";
  await expirePositions(queries, firstNumberAt(START), MAX);
  await dropPassed(queries, id);
  queries.question = "An id is kept without an entry";
  const position = { archive: OWNER, id: { number: firstNumberAt(START), random: 0n } };
  const batch = [{ time: 0, stanza: "", entries: [], positions: [position] }];
  await insertPositions(queries, batch, new Map([[OWNER, { id, newest: 0 }]]));
  queries.question = "Ids under which nothing is kept are purged";
  await forgetPositions(queries, id, [formatArchiveId(position.id)]);
  queries.question = "Entries are purged by their ids";
  await removeNumbers(queries, id, [firstNumberAt(START), firstNumberAt(START + 1)]);
  queries.question = "An entry's stanza is replaced";
  await writeStanza(queries, id, { number: firstNumberAt(START), stanza: "<message/>" });
  queries.question = "An entry is imported";
  const whole = { id: "an id", time: START, with: SELDOM, resource: "", stanza: "<message/>" };
  await adoptEntries(queries, OWNER, { entries: [whole], after: undefined });
  queries.question = "Another process was faster with a message";
  const row = { archive: id, number: firstNumberAt(START), random: 1n, time: START, with: SELDOM, resource: "" };
  const rows = [{ ...row, stanza: "<message/>", provisional: false }];
  const { overtaken } = await renumber(queries, rows, [{ id, newest: row.number }]);
  await remember(queries, overtaken);
}

/** Asks for counts of what there is. */
export async function askCounts(queries: Explaining): Promise<void> {
  for (const [filtered, filter] of Object.entries(FILTERS)) {
    queries.question = `The number of entries${filtered}`;
    await readCount(queries, OWNER, filter);
  }
}

const FILTERS: Record<string, Filter> = {
  "": {},
  " since a time": { start: START },
  " between two times": { start: START, end: START + WEEK },
  " with somebody who seldom writes": { with: SELDOM },
  " with one of somebody's resources": { with: SELDOM, resource: "x" },
};
