/**
 * A PostgreSQL for tests of stores: one server a file of tests, and an empty place in it for each test.
 *
 * @module
 */
import { canBeHad } from "../servers/available.ts";
import { sharedPostgresql } from "../servers/postgresql.ts";
import { Database } from "../../../src/store/postgresql/connection/database.ts";
import type { Queries } from "../../../src/store/postgresql/connection/session.ts";

/** The server that the tests of this file share; `undefined` where there is no PostgreSQL. */
export const server = await canBeHad("PostgreSQL") ? await sharedPostgresql() : undefined;

let schemas = 0;

/** Makes an empty schema, which takes a hundredth of the time that a database does; returns the URL of it. */
export async function emptySchema(): Promise<string> {
  if (server === undefined) throw new Error("There is no PostgreSQL");
  const name = `test${++schemas}`;
  await using db = database(server.url());
  await db.query(`CREATE SCHEMA ${name}`);
  return `${server.url()}?search_path=${name}`;
}

/** A connection to it, to look at what a store does; a statement takes ten seconds at most, or what is said, 0 for ever. */
export function database(url: string, statementTimeout = 10_000): Database {
  return new Database({ url, connections: 1, statementTimeout });
}

/** Resolves when somebody waits for a lock. */
export async function waitingFor(queries: Queries): Promise<void> {
  while ((await queries.query("SELECT 1 FROM pg_locks WHERE NOT granted")).length === 0);
}
