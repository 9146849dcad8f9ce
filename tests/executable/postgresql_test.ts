/**
 * The executable may do all that archives in PostgreSQL need.
 *
 * @module
 */
import { assertMatch } from "@std/assert";
import { keepArchivesIn } from "../support/annals.ts";
import { Process } from "../support/process.ts";
import { canBeHad } from "../support/servers/available.ts";
import { inPostgresql, PostgresqlServer } from "../support/servers/postgresql.ts";

const ANNALS = Deno.env.get("ANNALS_EXECUTABLE");
const GOOD = new URL("../config/good_minimal.toml", import.meta.url).pathname;

if (ANNALS !== undefined && await canBeHad("PostgreSQL")) {
  keepArchivesIn(await inPostgresql());
  await import("../e2e/smoke_test.ts");

  Deno.test("the executable reaches a PostgreSQL by its socket, and over TLS", async () => {
    await using server = await PostgresqlServer.launch({ tls: true });
    const database = await server.createDatabase();
    const ways: readonly (readonly string[])[] = [
      [`postgresql://annals@localhost:${server.port}/${database}?host=${server.folder}`],
      [`${server.url(database)}?sslmode=require`],
      [server.url(database), "--storage.postgresql.ca_file", `${server.folder}/certificate`],
    ];
    const stats = ["stats", "--config", GOOD, "--storage.archive2", "postgresql"];
    for (const way of ways) {
      await using annals = new Process(ANNALS, { args: [...stats, "--storage.postgresql.url", ...way] });
      await annals.end();
      assertMatch(annals.lines.join("\n"), /there is no archive in this database/);
    }
  });
}
