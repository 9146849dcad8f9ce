import { integer, type Kind, kind, list, option, path, type Values } from "../../config/options.ts";
import { fileProblem } from "../../lib/file_problem.ts";
import type { ArchiveStore } from "../archive.ts";
import type { BackEnd } from "../back_end.ts";
import { isPassing } from "./connection/passing.ts";
import { openPostgresqlReader, openPostgresqlStore, type PostgresqlOptions } from "./mod.ts";

const OPTIONS = {
  url: option(databaseUrl(), {
    doc: "The database that you have made for Annals, its user and password included; better in a file, see url_file",
    example: "postgresql://annals:password@127.0.0.1:5432/annals",
    optional: true,
    secret: true,
  }),
  url_file: option(path(), {
    doc: "A file with that URL, readable by Annals only, so that this one can be shown to others",
    example: "postgresql.url",
    optional: true,
  }),
  ca_file: option(path(), {
    doc: "CA certificates (PEM) for the database; TLS is then required and verified",
    example: "/etc/ssl/certs/ssl-cert-snakeoil.pem",
    optional: true,
  }),
  replica_urls: option(list(databaseUrl()), {
    doc: "Replicas from which pages are read, to take that load off the primary database",
    example: ["postgresql://annals:password@replica.example.org:5432/annals"],
    optional: true,
    secret: true,
  }),
  write_connections: option(integer({ min: 1, max: 100 }), {
    doc: "Connections for writing: one for messages, the others for sweeps, preferences and imports; more seldom help",
    default: 2,
  }),
  read_connections: option(integer({ min: 1, max: 100 }), {
    doc: "Connections for reading pages, to each database; more help when many people scroll back at once",
    default: 8,
  }),
  statement_timeout: option(integer({ min: 1, max: 3600 }), {
    doc: "The longest time for one statement of the database, in seconds",
    default: 30,
  }),
};

/** Archives in a database that several processes write; PostgreSQL brings tools of its own. */
export const postgresql: BackEnd<typeof OPTIONS> = {
  name: "postgresql",
  title: "PostgreSQL",
  keeps: "in a database of yours",
  options: OPTIONS,
  shared: true,
  async open(values, { log }): Promise<ArchiveStore> {
    return await openPostgresqlStore({
      ...await optionsOf(values),
      upgraded: (from, to) =>
        log?.info("store-upgraded", "The archives were brought up to date, for good", { from, to }),
    });
  },
  isPassing,
  read: async (values) => await openPostgresqlReader(await optionsOf(values)),
  tools: {
    backup: itself("pg_dump --format=custom --file=FILE URL"),
    // With --clean it would fail at the partitions: "cannot drop inherited constraint".
    restore: itself("pg_restore --single-transaction --dbname=URL FILE, into a database that is empty"),
    verify: { instead: "pg_amcheck tells more" },
    compact: itself("what is free is used again, and VACUUM FULL gives it back"),
  },
};

function itself(how: string): { instead: string } {
  return { instead: `The archives are in PostgreSQL, which does that itself: ${how}` };
}

/** Options of the store. Throws when the values do not say where it is, or name what cannot be read. */
async function optionsOf(values: Values<typeof OPTIONS>): Promise<PostgresqlOptions> {
  const { url, ca_file, replica_urls, write_connections, read_connections, statement_timeout } = values;
  if (url === undefined) {
    throw new Error("Cannot open the archives in PostgreSQL: found no storage.postgresql.url, expected one");
  }
  return {
    url,
    ...ca_file !== undefined && { ca: await certificates(ca_file) },
    replicaUrls: replica_urls ?? [],
    writeConnections: write_connections,
    readConnections: read_connections,
    statementTimeout: statement_timeout * 1000,
  };
}

async function certificates(file: string): Promise<string> {
  try {
    return await Deno.readTextFile(file);
  } catch (cause) {
    throw new Error(`Cannot read storage.postgresql.ca_file "${file}": ${fileProblem(cause)}`, { cause });
  }
}

/**
 * A database: a URL as `psql` takes it, where several servers may be named (libpq, "Connection URIs"). What has to be written as
 * `%40` and the like in a password, and is not, would pass for the name of a server, which is shown.
 */
function databaseUrl(): Kind<string> {
  return kind(
    'a URL such as "postgresql://annals:password@127.0.0.1/annals"',
    (raw) => typeof raw === "string",
    (value) => (
      /^postgres(ql)?:\/\/(([^\s%@/?#]|%[0-9a-f]{2})*@)?([^\s%@#]|%[0-9a-f]{2})+$/i.test(value) &&
      isDecodable(value) &&
      URL.canParse(value.replace(/(@[^,/?]*),[^/?]*/, "$1"))
    ),
  );
}

/** True when octets written one by one are UTF-8 (RFC 3986 §2.5). */
function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}
