/**
 * A PostgreSQL for tests of stores: one server a file of tests, and an empty place in it for each test.
 *
 * @module
 */
import postgres from "postgres";
import { canBeHad } from "../../testing/servers/available.ts";
import { sharedPostgresql } from "../../testing/servers/postgresql.ts";

/** The server that the tests of this file share; `undefined` where there is no PostgreSQL. */
export const server = await canBeHad("PostgreSQL") ? await sharedPostgresql() : undefined;

let schemas = 0;

/** Makes an empty schema, which takes a hundredth of the time that a database does; returns the URL of it. */
export async function emptySchema(): Promise<string> {
  if (server === undefined) throw new Error("There is no PostgreSQL");
  const name = `test${++schemas}`;
  const sql = postgres(server.url(), { max: 1, fetch_types: false });
  await sql.unsafe(`CREATE SCHEMA ${name}`);
  await sql.end();
  return `${server.url()}?search_path=${name}`;
}
