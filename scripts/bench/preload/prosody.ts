/**
 * Archives of Prosody 0.12, in the formats of its two storages.
 *
 * @module
 */
import { DatabaseSync } from "node:sqlite";
import { type History, type PastMessage, pastOf, stanzaOf } from "./history.ts";

/** mod_storage_internal: a file an archive, a call of `item` a message. */
export async function preloadInternal(dataFolder: string, histories: readonly History[]): Promise<void> {
  for (const history of histories) {
    const folder = `${dataFolder}/${history.host.replaceAll(".", "%2e")}/archive`;
    await Deno.mkdir(folder, { recursive: true });
    const items = pastOf(history).map(item).toArray();
    await Deno.writeTextFile(`${folder}/${history.owner}.list`, items.join(""));
  }
}

/** mod_storage_sql: a row a message, in the table that Prosody made when it was first asked. */
export function preloadProsodySqlite(database: string, histories: readonly History[]): void {
  using db = new DatabaseSync(database);
  const insert = db.prepare(
    `INSERT INTO prosodyarchive (host, user, store, "when", "with", "key", type, value)
     VALUES (?, ?, 'archive', ?, ?, ?, 'xml', ?)`,
  );
  db.exec("BEGIN");
  for (const history of histories) {
    for (const message of pastOf(history)) {
      const { time, peer } = message;
      const seconds = Math.floor(time / 1000);
      insert.run(history.host, history.owner, seconds, peer, crypto.randomUUID(), stanzaOf(message));
    }
  }
  db.exec("COMMIT");
}

/** As `util.serialization` writes it. */
function item({ time, peer, attributes: { from, to, id, type }, body }: PastMessage): string {
  const seconds = Math.floor(time / 1000);
  return `item({
	{
		"${body}";
		["name"] = "body";
		["attr"] = {};
	};
	["name"] = "message";
	["attr"] = {
		["stamp"] = "${new Date(seconds * 1000).toISOString().slice(0, 19)}Z";
		["id"] = "${id}";
		["from"] = "${from}";
		["to"] = "${to}";
		["type"] = "${type}";
		["xml:lang"] = "en";
	};
	["key"] = "${crypto.randomUUID().slice(0, 24)}";
	["with"] = "${peer}";
	["when"] = ${seconds};
});
`;
}
