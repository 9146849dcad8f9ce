/**
 * The archive of ejabberd's own mod_mam in PostgreSQL (`pg.sql`).
 *
 * @module
 */
import postgres from "postgres";
import type { PostgresqlServer } from "../../../tests/support/servers/postgresql.ts";
import { type History, type PastMessage, pastOf, stanzaOf } from "../preload/history.ts";

/** Schema of Debian's ejabberd. */
const SCHEMA = "/usr/share/ejabberd/sql/pg.sql";

/** Rows stored at once. */
const BATCH = 1_000;

/** Makes ejabberd's tables in an empty database. */
export async function makeTables(server: PostgresqlServer, database: string): Promise<void> {
  await server.query(database, await Deno.readTextFile(SCHEMA));
}

/** `ejabberd.yml`, to find them. */
export function optionsFor(server: PostgresqlServer, database: string): Record<string, unknown> {
  const { hostname, port, username, password } = new URL(server.url(database));
  return {
    sql_server: hostname,
    sql_port: Number(port),
    sql_database: database,
    sql_username: username,
    sql_password: password,
  };
}

/** Writes archives. A message's time, in microseconds, is its archive id. */
export async function preloadMam(url: string, histories: readonly History[]): Promise<void> {
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  try {
    for (const history of histories) {
      let rows: ReturnType<typeof rowOf>[] = [];
      for (const message of pastOf(history)) {
        rows.push(rowOf(history.owner, message));
        if (rows.length < BATCH && message.number < history.messages) continue;
        await sql`INSERT INTO archive ${sql(rows)}`;
        rows = [];
      }
    }
  } finally {
    await sql.end();
  }
}

function rowOf(username: string, message: PastMessage): Record<string, string | number> {
  const { time, peer, body } = message;
  const [timestamp, xml] = [time * 1000, stanzaOf(message)];
  return { username, timestamp, peer: `${peer}/phone`, bare_peer: peer, xml, txt: body, kind: "chat", nick: "" };
}
