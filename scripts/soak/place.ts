/**
 * Where the archives are, and how much room they take there.
 *
 * @module
 */
import type { TomlTable } from "smol-toml";
import type { Annals } from "../../src/testing/annals.ts";
import { PostgresqlServer } from "../../src/testing/servers/postgresql.ts";

/** Bytes. */
export interface Sizes {
  readonly database: number;
  /** Of its write-ahead log. */
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
  const bytes = async (what: string) => Number(await server.query(name, `SELECT ${what}`));
  return {
    storage: { archive2: "postgresql", postgresql: { url: server.url(name) } },
    async sizes(): Promise<Sizes> {
      return {
        database: await bytes("pg_database_size(current_database())"),
        log: await bytes("sum(size) FROM pg_ls_waldir()"),
      };
    },
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}
