/**
 * Reads the archives that Prosody's mod_storage_sql keeps in SQLite: the table `prosodyarchive`, a row for each message, and
 * of the table `prosody` the store `archive_prefs`, a row for each JID.
 *
 * @module
 */
import { accountOf } from "./account.ts";
import { type Row, rowsOf, SourceDatabase } from "./database.ts";
import { type Item, skipped, type Wanted } from "./item.ts";
import { MessageReader, type RoomFacts } from "./message.ts";
import { millisecondsOf, preferencesOf } from "./prosody.ts";

/** Everything in a database, or what is of one host. Throws `TransferError`. */
export function* readProsodySql(path: string, { host }: Wanted = {}): Generator<Item> {
  using db = new SourceDatabase(path);
  const hasArchive = db.columnsOf("prosodyarchive").has("sort_id");
  const hasData = db.columnsOf("prosody").has("store");
  if (!hasArchive && !hasData) throw db.failure("found none of Prosody's tables, expected prosodyarchive");
  if (hasData) yield* preferencesIn(db, host);
  if (hasArchive) yield* archivesIn(db, host);
}

function* preferencesIn(db: SourceDatabase, host: string | undefined): Generator<Item> {
  const rows = db.query(
    `SELECT "key", "type", "value" FROM "prosody" WHERE "host" = ? AND "user" = ? AND "store" = 'archive_prefs'`,
  );
  for (const { host: domain, user } of usersIn(db, { table: "prosody", store: "archive_prefs" }, host)) {
    const owner = accountOf(user, domain);
    if (owner === undefined) yield skipped("an address that cannot be read");
    else yield readPreferences(owner, rows(domain, user));
  }
}

function readPreferences(owner: string, rows: readonly Row[]): Item {
  try {
    return preferencesOf(owner, new Map(rows.flatMap(rulesOf)));
  } catch (error) {
    if (error instanceof SyntaxError) return skipped("preferences that cannot be read");
    throw error;
  }
}

/** Returns the rules in a row: one JID's, or a table of all others, whose keys that are no text are apart. */
function rulesOf({ key, type, value }: Row): [unknown, unknown][] {
  if (type === "boolean") return [[key, value === "true"]];
  if (type !== "json") return [];
  const { __hash: others = [], ...named } = JSON.parse(String(value));
  const pairs = Array.from(
    { length: others.length / 2 },
    (_, i): [unknown, unknown] => [others[2 * i], others[2 * i + 1]],
  );
  return [...Object.entries(named), ...pairs];
}

/** Stores of messages: of users, and of rooms, whose senders' real JIDs may be forged. */
const STORES: readonly { readonly store: string; readonly room?: RoomFacts }[] = [
  { store: "archive" },
  { store: "muc_log", room: {} },
];

function* archivesIn(db: SourceDatabase, host: string | undefined): Generator<Item> {
  const reader = new MessageReader();
  const after = db.query(
    `SELECT "sort_id", "key", "when", "with", "type", "value" FROM "prosodyarchive"
     WHERE "host" = ? AND "user" = ? AND "store" = ? AND "sort_id" > ? ORDER BY "sort_id" LIMIT ?`,
  );
  for (const { store, ...about } of STORES) {
    for (const { host: domain, user } of usersIn(db, { table: "prosodyarchive", store }, host)) {
      const owner = accountOf(user, domain);
      const rows = (last: number, limit: number) => after(domain, user, store, last, limit);
      for (const row of rowsOf(rows, ({ sort_id }) => Number(sort_id))) {
        yield owner === undefined
          ? skipped("an address that cannot be read")
          : itemOf(row, { owner, ...about }, reader);
      }
    }
  }
}

function itemOf(
  { key, when, with: bare, type, value }: Row,
  about: { readonly owner: string; readonly room?: RoomFacts },
  reader: MessageReader,
): Item {
  if (type !== "xml") return skipped("not a message");
  return reader.read({
    ...about,
    id: String(key),
    time: millisecondsOf(Number(when)),
    bare: String(bare),
    message: String(value),
  });
}

/** Returns the users of a store, in the order of its index. */
function usersIn(
  db: SourceDatabase,
  { table, store }: { table: string; store: string },
  host: string | undefined,
): { host: string; user: string }[] {
  const rows = db.query(
    `SELECT DISTINCT "host", "user" FROM "${table}" WHERE "store" = ?1 AND ("host" = ?2 OR ?2 IS NULL) ORDER BY "host", "user"`,
  )(store, host ?? null);
  return rows.map((row) => ({ host: String(row.host), user: String(row.user) }));
}
