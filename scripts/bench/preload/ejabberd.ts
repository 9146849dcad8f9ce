/**
 * Archives of ejabberd 23, in the table that it made at its first start (`lite.sql`).
 *
 * @module
 */
import { DatabaseSync } from "node:sqlite";
import { type History, pastOf, stanzaOf } from "./history.ts";

/** mod_mam_sql: a row a message; its time, in microseconds, is its archive id. */
export function preloadEjabberdSqlite(database: string, histories: readonly History[]): void {
  using db = new DatabaseSync(database);
  const insert = db.prepare(
    `INSERT INTO archive (username, timestamp, peer, bare_peer, xml, txt, kind, nick)
     VALUES (?, ?, ?, ?, ?, ?, 'chat', '')`,
  );
  db.exec("BEGIN");
  for (const history of histories) {
    for (const message of pastOf(history)) {
      const { time, peer, body } = message;
      insert.run(history.owner, time * 1000, `${peer}/phone`, peer, stanzaOf(message), body);
    }
  }
  db.exec("COMMIT");
}
