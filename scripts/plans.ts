/**
 * Shows how PostgreSQL goes about every question that a client can cause:
 * `deno run -A scripts/plans.ts [--entries N] > src/store/postgresql/PLANS.md`; ten million take some minutes.
 *
 * @module
 */
import { parseArgs } from "@std/cli/parse-args";
import { Database } from "../src/store/postgresql/connection/database.ts";
import { openPostgresqlStore } from "../src/store/postgresql/mod.ts";
import { askChanges, askCounts, askPages, Explaining, fillForPlans } from "../tests/support/store/plans.ts";
import { install } from "../tests/support/servers/install.ts";
import { PostgresqlServer } from "../tests/support/servers/postgresql.ts";
import { plansPage } from "./plans/page.ts";

const { entries: wanted } = parseArgs(Deno.args, { string: ["entries"], default: { entries: "10080000" } });
const entries = Number(wanted);

await install("PostgreSQL", () => {});
await using server = await PostgresqlServer.launch();
await using _store = await openPostgresqlStore({ url: server.url() });
await using db = new Database({ url: server.url(), connections: 1, statementTimeout: 0 });
await fillForPlans(db, entries);
const queries = new Explaining(db);
await askPages(queries, entries);
await askCounts(queries);
await askChanges(queries);
Deno.stdout.writeSync(new TextEncoder().encode(plansPage(queries.explained, entries)));
