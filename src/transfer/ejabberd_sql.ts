/**
 * Reads the archives that ejabberd's mod_mam keeps in SQLite: the table `archive`, a row for each message, known by its time
 * in microseconds, and the table `archive_prefs`. In ejabberd's newer schema both say of which host a row is.
 *
 * @module
 */
import type { Preferences } from "../store/archive.ts";
import { Jid } from "../xmpp/jid.ts";
import { accountOf } from "./account.ts";
import { type Row, rowsOf, SourceDatabase } from "./database.ts";
import { readJidTuples } from "./erlang.ts";
import { type Item, skipped, type Wanted } from "./item.ts";
import { MessageReader, type RoomFacts } from "./message.ts";
import { preferencesItem } from "./preferences.ts";

/** Everything in a database, or what is of one host; one of the older schema is all of one. Throws `TransferError`. */
export function* readEjabberdSql(path: string, { host, assumed = host }: Wanted = {}): Generator<Item> {
  using db = new SourceDatabase(path);
  const columns = db.columnsOf("archive");
  if (!columns.has("timestamp")) throw db.failure("found no table of ejabberd's mod_mam, expected archive");
  const hasHosts = columns.has("server_host");
  if (!hasHosts && assumed === undefined) {
    throw db.failure("found archives that do not say of which host they are, expected --host");
  }
  // Of which host a row is: what it says, or what it must be.
  const hostOf = hasHosts ? "server_host" : "?1";
  const about = hasHosts ? host : assumed;
  if (db.columnsOf("archive_prefs").has("def")) yield* preferencesIn(db, hostOf, about);
  yield* archivesIn(db, hostOf, about);
}

function* preferencesIn(db: SourceDatabase, hostOf: string, host: string | undefined): Generator<Item> {
  const rows = db.query(
    `SELECT username, ${hostOf} AS host, def, always, never FROM archive_prefs
     WHERE ?1 IS NULL OR ${hostOf} = ?1 ORDER BY host, username`,
  );
  for (const row of rows(host ?? null)) {
    const owner = accountOf(String(row.username), String(row.host));
    const [always, never] = [jidsOf(row.always), jidsOf(row.never)];
    if (owner === undefined) yield skipped("an address that cannot be read");
    else if (!isDefault(row.def) || always === undefined || never === undefined) {
      yield skipped("preferences that cannot be read");
    } else yield preferencesItem(owner, { default: row.def, always, never });
  }
}

function isDefault(value: unknown): value is Preferences["default"] {
  return value === "always" || value === "never" || value === "roster";
}

function jidsOf(term: unknown): string[] | undefined {
  return readJidTuples(String(term))?.map(([user, server = "", resource]) => (
    `${user ? `${user}@` : ""}${server}${resource ? `/${resource}` : ""}`
  ));
}

function* archivesIn(db: SourceDatabase, hostOf: string, host: string | undefined): Generator<Item> {
  const users = db.query(
    `SELECT DISTINCT ${hostOf} AS host, username FROM archive WHERE ?1 IS NULL OR ${hostOf} = ?1 ORDER BY host, username`,
  );
  const after = db.query(
    `SELECT id, timestamp, peer, xml, kind FROM archive
     WHERE username = ?2 AND ${hostOf} = ?1 AND (timestamp, id) > (?3, ?4) ORDER BY timestamp, id LIMIT ?5`,
  );
  for (const { host: domain, username } of users(host ?? null)) {
    yield* archiveOf(String(username), String(domain), (timestamp, id, limit) => (
      after(String(domain), String(username), timestamp, id, limit)
    ));
  }
}

/** Finds what follows a row of an archive. */
type After = (timestamp: number, id: number, limit: number) => Row[];

function* archiveOf(user: string, host: string, after: After): Generator<Item> {
  const owner = accountOf(user, host);
  // Archives of rooms are under their whole JIDs.
  const room = user.includes("@") ? Jid.tryParse(user)?.bare : undefined;
  const reader = new MessageReader();
  let last: Row | undefined;
  let repeated = 0;
  const rows = rowsOf((_, limit) => (
    after(Number(last?.timestamp ?? Number.MIN_SAFE_INTEGER), Number(last?.id ?? 0), limit)
  ), ({ id }) => Number(id));
  for (const row of rows) {
    repeated = row.timestamp === last?.timestamp ? repeated + 1 : 0;
    last = row;
    if (row.kind === "groupchat") {
      yield room === undefined ? skipped("of a room") : itemOf(row, { owner: room, room: {}, repeated, reader });
    } else if (owner === undefined) yield skipped("an address that cannot be read");
    else yield itemOf(row, { owner, repeated, reader });
  }
}

interface Context {
  readonly owner: string;
  readonly room?: RoomFacts;
  /** Number of rows before this one that have the same time. */
  readonly repeated: number;
  readonly reader: MessageReader;
}

/** Two messages of one microsecond have one id in ejabberd; the second gets one of its own here, so that none is missing. */
function itemOf({ timestamp, peer, xml }: Row, { owner, room, repeated, reader }: Context): Item {
  const message = String(xml);
  if (!message.startsWith("<")) return skipped("compressed by ejabberd (compress_xml)");
  const id = repeated === 0 ? String(timestamp) : `${timestamp}-${repeated}`;
  const told = { owner, id, time: Math.floor(Number(timestamp) / 1000), message };
  // The other end of a room's message is the sender's real JID.
  return reader.read(
    room === undefined ? { ...told, peer: String(peer) } : { ...told, room: { sender: String(peer) } },
  );
}
