/**
 * Places of archives, and the room that they take.
 *
 * @module
 */
import type { TomlTable } from "smol-toml";
import type { Annals } from "../../tests/support/annals.ts";
import { PostgresqlServer } from "../../tests/support/servers/postgresql.ts";

/** Bytes. */
export interface Sizes {
  readonly database: number;
  /** Of its write-ahead log; 0 where that is another's affair. */
  readonly log: number;
}

export interface Place extends AsyncDisposable {
  /** `[storage]` of the configuration. */
  readonly storage: TomlTable;
  sizes(annals: Annals): Promise<Sizes>;
}

/** A file of SQLite beside the configuration, as by default. */
export function inFile(): Place {
  return {
    storage: {},
    async sizes({ folder }): Promise<Sizes> {
      const database = `${folder}/data/archive2.sqlite`;
      return { database: (await Deno.stat(database)).size, log: (await Deno.stat(`${database}-wal`)).size };
    },
    async [Symbol.asyncDispose](): Promise<void> {},
  };
}

/** A PostgreSQL of its own, as Debian sets it up. */
export async function inPostgresql(): Promise<Place> {
  const server = await PostgresqlServer.launch({ durable: true });
  const name = await server.createDatabase();
  return {
    storage: { archive2: "postgresql", postgresql: { url: server.url(name) } },
    async sizes(): Promise<Sizes> {
      // How much of its log it keeps, up to max_wal_size, is for the server to decide.
      return { database: Number(await server.query(name, "SELECT pg_database_size(current_database())")), log: 0 };
    },
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}
