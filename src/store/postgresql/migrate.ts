import { ArchiveStoreError, NoArchiveError } from "../error.ts";
import type { Database } from "./connection/database.ts";
import type { Queries } from "./connection/session.ts";
import { codeOf } from "./connection/failure.ts";
import { MIGRATIONS } from "./schema.ts";

/** Told that archives were brought from one version of the schema to another. */
export type Upgraded = (from: number, to: number) => void;

/**
 * Somebody makes the same table at the same time: `IF NOT EXISTS` looks first and makes it then. What is said depends on how far
 * the other has come: unique_violation, duplicate_table, duplicate_object or, while it is made, "tuple concurrently updated".
 */
const RACES = ["23505", "42P07", "42710", "XX000"];

/**
 * Brings a database up to date, however many processes do so at once: the one row of **version** is the lock, which the others
 * wait for, to find that nothing is left to be done.
 */
export async function migrate(database: Database, upgraded: Upgraded = () => {}): Promise<void> {
  await requireUtf8(database);
  // Most have no right to make tables any longer, and no need to.
  if (await versionIn(database) === MIGRATIONS.length) return;
  await makeVersionTable(database);
  const found = await database.transaction(async (queries) => {
    const version = await versionIn(queries, "FOR UPDATE");
    requireKnown(version, database.name);
    for (const statement of MIGRATIONS.slice(version).flat()) await queries.query(statement);
    await queries.query("UPDATE version SET number = $1", [MIGRATIONS.length]);
    return version;
  });
  if (found > 0 && found < MIGRATIONS.length) upgraded(found, MIGRATIONS.length);
}

/** Refuses a database whose schema is another than this program's; for who only reads. */
export async function requireCurrent(database: Database): Promise<void> {
  const version = await versionIn(database);
  requireKnown(version, database.name);
  if (version === MIGRATIONS.length) return;
  if (version === 0) await requireRoom(database);
  throw new (version === 0 ? NoArchiveError : ArchiveStoreError)({
    operation: "open",
    path: database.name,
    found: version === 0
      ? "there is no archive in this database"
      : `its schema has version ${version}, expected ${MIGRATIONS.length}`,
    hint: "start the service once, which makes what is missing",
  });
}

/** Refuses a database in which no archive can be made, before somebody is told to have one made. */
async function requireRoom(database: Database): Promise<void> {
  await requireUtf8(database);
  const [row] = await database.query<{ room: boolean | null }>(
    "SELECT has_schema_privilege(current_schema(), 'CREATE') AS room",
  );
  if (row?.room) return;
  throw new ArchiveStoreError({
    operation: "open",
    path: database.name,
    found: "there is no archive in this database, and the user may not make one",
    hint: "let the user in its URL own the database",
  });
}

/** In another encoding, one message with a character that this does not have would keep all that follow from being stored. */
async function requireUtf8(database: Database): Promise<void> {
  const [row] = await database.query<{ encoding: string }>("SELECT current_setting('server_encoding') AS encoding");
  if (row?.encoding === "UTF8") return;
  throw new ArchiveStoreError({
    operation: "open",
    path: database.name,
    found: `its encoding is ${row?.encoding}, expected UTF8`,
    hint: "create it with ENCODING 'UTF8' TEMPLATE template0",
  });
}

/** 0 where there is no archive yet. */
async function versionIn(queries: Queries, lock = ""): Promise<number> {
  const [exists] = await queries.query<{ name: string | null }>("SELECT to_regclass('version')::text AS name");
  if (exists?.name === null) return 0;
  const [row] = await queries.query<{ number: number }>(`SELECT number FROM version WHERE one ${lock}`);
  return row?.number ?? 0;
}

function requireKnown(version: number, path: string): void {
  if (version <= MIGRATIONS.length) return;
  throw new ArchiveStoreError({
    operation: "open",
    path,
    found: `its schema has version ${version}, but this program knows versions up to ${MIGRATIONS.length}`,
    hint: "use the newer program that it was written by",
  });
}

async function makeVersionTable(database: Database): Promise<void> {
  try {
    await database.query(
      "CREATE TABLE IF NOT EXISTS version (one boolean PRIMARY KEY DEFAULT true CHECK (one), number integer NOT NULL)",
    );
  } catch (error) {
    if (!RACES.includes(codeOf(error))) throw error;
  }
  await database.query("INSERT INTO version (number) VALUES (0) ON CONFLICT (one) DO NOTHING");
}
