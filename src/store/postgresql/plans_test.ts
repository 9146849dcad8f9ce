/** Nothing that a client can ask for reads more than it needs: PostgreSQL says how it goes about every statement. */
import { assert, assertEquals } from "@std/assert";
import { EPOCH, firstNumberAt, formatArchiveId } from "../id.ts";
import { database, emptySchema, server } from "../testing/postgresql.ts";
import { peerKey } from "./correspondent.ts";
import type { Database } from "./database.ts";
import type { Parameter, Queries } from "./session.ts";
import { following } from "./follow.ts";
import { LIMITS } from "./limits.ts";
import { openPostgresqlStore } from "./mod.ts";
import { listOwners } from "./owners.ts";
import { Partitions } from "./partitions.ts";
import { readPreferences } from "./preferences.ts";
import { Read } from "./read.ts";
import { surveyArchives } from "./survey.ts";
import { walkEntries } from "./walk.ts";

/** More, 10,080,000 say, where `ANNALS_PLANS` says so; that takes some minutes. */
const ENTRIES = Number(Deno.env.get("ANNALS_PLANS") ?? 200_000);
/** Of so many entries one is with somebody who seldom writes. */
const RARE = ENTRIES / 8;
const WEEKS = 20;
const WEEK = 7 * 86_400_000;
const OWNER = "user1@verona.example";
const SELDOM = "nurse@verona.example";
/** The time between two messages. */
const STEP = WEEKS * WEEK / ENTRIES;

interface Plan {
  readonly "Node Type": string;
  readonly "Actual Rows": number;
  readonly "Actual Loops": number;
  readonly "Rows Removed by Filter"?: number;
  readonly "Index Name"?: string;
  readonly Plans?: readonly Plan[];
}

/** Runs statements, and asks how that is done. */
class Explaining implements Queries {
  readonly plans: { readonly statement: string; readonly plan: Plan }[] = [];
  readonly #database: Database;
  #last: Promise<unknown> = Promise.resolve();

  constructor(database: Database) {
    this.#database = database;
  }

  /** One after the other, also what is asked at once: a prepared statement is its connection's. */
  query<Row>(statement: string, parameters: readonly Parameter[] = []): Promise<Row[]> {
    const rows = this.#last.then(() => this.#explained<Row>(statement, parameters));
    this.#last = rows;
    return rows;
  }

  async #explained<Row>(statement: string, parameters: readonly Parameter[]): Promise<Row[]> {
    const values = parameters.map((value) => value === null ? "NULL" : `'${String(value).replaceAll("'", "''")}'`);
    const name = `asked${this.plans.length}`;
    await this.#database.query(`PREPARE ${name} AS ${statement}`);
    const [row] = await this.#database.query<{ "QUERY PLAN": readonly [{ readonly Plan: Plan }] }>(
      `EXPLAIN (ANALYZE, FORMAT JSON) EXECUTE ${name}${values.length > 0 ? `(${values.join(", ")})` : ""}`,
    );
    const plan = row?.["QUERY PLAN"][0].Plan;
    if (plan !== undefined) this.plans.push({ statement, plan });
    return await this.#database.query(statement, parameters);
  }
}

function nodesOf(plan: Plan): Plan[] {
  return [plan, ...(plan.Plans ?? []).flatMap(nodesOf)];
}

/** Rows that were read of tables and indexes. */
function rowsRead(plan: Plan): number {
  const scans = nodesOf(plan).filter((node) => /Scan/.test(node["Node Type"]) && node["Index Name"] !== undefined);
  return scans.reduce((sum, node) => (
    sum + (node["Actual Rows"] + (node["Rows Removed by Filter"] ?? 0)) * node["Actual Loops"]
  ), 0);
}

/** A hundred archives, of which one has every tenth message; somebody there has said something a few times only. */
async function fill(db: Database): Promise<void> {
  const weeks = Array.from({ length: WEEKS + 1 }, (_, week) => firstNumberAt(EPOCH + week * WEEK));
  await new Partitions(db, LIMITS.spanNumbers).provide(weeks);
  await db.query(
    "INSERT INTO archive (domain, local) SELECT 'verona.example', 'user' || i FROM generate_series(1, 100) AS i",
  );
  const peers = ["peer@verona.example", SELDOM].map((jid) => `('${jid}', ${peerKey(jid)})`);
  await db.query(
    `INSERT INTO entry (number, random, time, archive, peer_key, correspondent, stanza)
     SELECT (i * ${STEP}::bigint) << 12, 0, ${EPOCH} + i * ${STEP}::bigint,
       CASE WHEN i % 10 = 0 THEN 1 ELSE 1 + i % 100 END, key, jid || '/orchard', '<message/>'
     FROM generate_series(0, ${ENTRIES - 1}) AS i
     JOIN (VALUES ${peers.join(", ")}) AS peer (jid, key) ON (jid = '${SELDOM}') = (i % ${RARE} = 0)`,
  );
  await db.query(
    `UPDATE archive SET entries = count, oldest = first, newest = last FROM (
       SELECT archive, count(*), min(number) AS first, max(number) AS last FROM entry GROUP BY archive
     ) AS sum WHERE archive = id`,
  );
  await db.query("ANALYZE");
}

/** The id of the owner's message of a week. */
function idIn(week: number): string {
  return formatArchiveId({
    number: firstNumberAt(EPOCH + Math.floor(ENTRIES / WEEKS / 10) * 10 * week * STEP),
    random: 0n,
  });
}

Deno.test({
  name: "every question finds its rows by a key, and a page reads about as many as it holds",
  ignore: server === undefined,
  async fn(): Promise<void> {
    const url = await emptySchema();
    await (await openPostgresqlStore({ url }))[Symbol.asyncDispose]();
    await using db = database(url, 0);
    await fill(db);
    const queries = new Explaining(db);
    const read = new Read(queries);
    const max = 50;
    const after = idIn(7);
    const start = EPOCH + 7 * WEEK;
    for (
      const filter of [{}, { start }, { start, end: start + WEEK }, { with: SELDOM }, { with: SELDOM, resource: "x" }]
    ) {
      for (const paging of [{ max }, { max, before: "" }, { max, after }, { max, before: after }]) {
        assert(!("unknown" in await read.page(OWNER, filter, paging)));
      }
      await read.page(OWNER, { ...filter, ids: [after, idIn(3)] }, { max });
    }
    await read.page(OWNER, {}, { max, after: "an id from elsewhere" });
    await read.extent(OWNER);
    await readPreferences(queries, [OWNER]);
    await walkEntries(queries, OWNER, max).next();
    await listOwners(queries, { domain: "verona.example", after: OWNER, limit: 10 });
    const newer = { number: firstNumberAt(EPOCH + WEEKS * WEEK), random: 0n };
    const entries = [{ archive: OWNER, id: newer, with: SELDOM, resource: "" }];
    const copy = { digest: "a digest", until: EPOCH + WEEKS * WEEK };
    const statements = following([{ time: EPOCH + WEEKS * WEEK, stanza: "<message/>", entries, copy }], "a process") ??
      [];
    for (const [statement, parameters] of statements) await queries.query(statement, parameters);
    assert(queries.plans.length > 40);
    for (const { statement, plan } of queries.plans) {
      assert(rowsRead(plan) <= 3 * max, `${rowsRead(plan)} rows are read by ${statement}: ${JSON.stringify(plan)}`);
    }
    // These look at all that they count, or at all there is.
    for (const filter of [{ start }, { with: SELDOM }, { with: SELDOM, resource: "x" }, { ids: [after] }]) {
      await read.count(OWNER, filter);
    }
    await read.count(OWNER, {});
    for (const { statement, plan } of queries.plans) {
      assertEquals(nodesOf(plan).filter((node) => node["Node Type"] === "Seq Scan"), [], statement);
    }
  },
});

Deno.test({
  name: "a survey does not look for the ends of each archive, of which there may be a million",
  ignore: server === undefined,
  async fn(): Promise<void> {
    const url = await emptySchema();
    await (await openPostgresqlStore({ url }))[Symbol.asyncDispose]();
    await using db = database(url, 0);
    await fill(db);
    const queries = new Explaining(db);
    const { archives, entries, oldest, newest } = await surveyArchives(queries);
    assertEquals([archives, entries, oldest, newest], [91, ENTRIES, EPOCH, EPOCH + (ENTRIES - 1) * STEP]);
    for (const { statement, plan } of queries.plans) {
      assert(nodesOf(plan).every((node) => node["Actual Loops"] <= 1), statement);
    }
  },
});
