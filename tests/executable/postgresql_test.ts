/**
 * The executable may do all that archives in PostgreSQL need.
 *
 * @module
 */
import { keepArchivesIn } from "../../src/testing/annals.ts";
import { canBeHad } from "../../src/testing/servers/available.ts";
import { inPostgresql } from "../../src/testing/servers/postgresql.ts";

if (Deno.env.has("ANNALS_EXECUTABLE") && await canBeHad("PostgreSQL")) {
  keepArchivesIn(await inPostgresql());
  await import("../e2e/smoke_test.ts");
}
