/**
 * The PostgreSQL that is measured: as Debian sets it up, on a disk that it waits for.
 *
 * @module
 */
import type { TomlTable } from "smol-toml";
import { install } from "../../../tests/support/servers/install.ts";
import { PostgresqlServer } from "../../../tests/support/servers/postgresql.ts";
import type { BenchOptions } from "../scenario.ts";

/** Settings of the database, in words for the report. */
export const WORDS = "PostgreSQL with its own defaults, which waits for the disk at each commit; SQLite does not";

/** Starts it. */
export async function launch(say: BenchOptions["say"]): Promise<PostgresqlServer> {
  await install("PostgreSQL", say);
  return await PostgresqlServer.launch({ durable: true });
}

/** `[storage]` of an Annals whose archives are at a URL. */
export function storageAt(url: string): TomlTable {
  return { archive2: "postgresql", postgresql: { url } };
}

/** Bytes of all that a database holds, after what is dead was cleaned away as it is in the course of a day. */
export async function bytesOf(server: PostgresqlServer, database: string): Promise<number> {
  await server.query(database, "VACUUM");
  return Number(await server.query(database, "SELECT pg_database_size(current_database())"));
}
