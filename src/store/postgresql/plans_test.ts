/** Nothing that a client can ask for reads more than it needs: PostgreSQL says how it goes about every statement. */
import { assert, assertEquals } from "@std/assert";
import { EPOCH } from "../id.ts";
import { COUNTED } from "../selection.ts";
import {
  askChanges,
  askCounts,
  askPages,
  Explaining,
  fillForPlans,
  MAX,
  nodesOf,
  type Plan,
} from "../../../tests/support/store/plans.ts";
import { database, emptySchema, server } from "../../../tests/support/store/postgresql.ts";
import { openPostgresqlStore } from "./mod.ts";
import { surveyArchives } from "./survey.ts";

/** More, 10,080,000 say, where `ANNALS_PLANS` says so; that takes some minutes. */
const ENTRIES = Number(Deno.env.get("ANNALS_PLANS") ?? 200_000);

/** Plays with a database that is filled. */
async function explaining(play: (queries: Explaining) => Promise<void>): Promise<void> {
  const url = await emptySchema();
  await (await openPostgresqlStore({ url }))[Symbol.asyncDispose]();
  await using db = database(url, 0);
  await fillForPlans(db, ENTRIES);
  await play(new Explaining(db));
}

/** Rows that were read of tables and indexes. */
function rowsRead(plan: Plan): number {
  const scans = nodesOf(plan).filter((node) => /Scan/.test(node["Node Type"]) && node["Index Name"] !== undefined);
  return scans.reduce((sum, node) => (
    sum + (node["Actual Rows"] + (node["Rows Removed by Filter"] ?? 0)) * node["Actual Loops"]
  ), 0);
}

Deno.test({
  name: "every question finds its rows by a key, and a page reads about as many as it holds and counts",
  ignore: server === undefined,
  fn: () =>
    explaining(async (queries) => {
      await askPages(queries, ENTRIES);
      await askChanges(queries);
      assert(queries.explained.length > 40);
      for (const { question, plan } of queries.explained) {
        assert(
          rowsRead(plan) <= 3 * MAX + COUNTED,
          `${question}: ${rowsRead(plan)} rows are read: ${JSON.stringify(plan)}`,
        );
      }
      await askCounts(queries);
      for (const { question, plan } of queries.explained) {
        assertEquals(nodesOf(plan).filter((node) => node["Node Type"] === "Seq Scan"), [], question);
      }
    }),
});

Deno.test({
  name: "a survey does not look for the ends of each archive, of which there may be a million",
  ignore: server === undefined,
  fn: () =>
    explaining(async (queries) => {
      const { archives, entries, oldest, newest } = await surveyArchives(queries);
      const last = EPOCH + (ENTRIES - 1) * (20 * 7 * 86_400_000 / ENTRIES);
      assertEquals([archives, entries, oldest, newest], [901, ENTRIES, EPOCH, last]);
      for (const { statement, plan } of queries.explained) {
        assert(nodesOf(plan).every((node) => node["Actual Loops"] <= 1), statement);
      }
    }),
});
