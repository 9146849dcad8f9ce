/**
 * Opens archives in PostgreSQL, as soon as it can be reached.
 *
 * @module
 */
import { delay } from "@std/async/delay";
import type { ArchiveStore } from "../store/archive.ts";
import { openPostgresqlStore, type PostgresqlOptions } from "../store/postgresql/mod.ts";
import { isPassing } from "../store/postgresql/connection/passing.ts";
import { backoff } from "../lib/backoff.ts";
import type { Config } from "../config/config.ts";
import { fileProblem } from "../lib/file_problem.ts";
import type { Log } from "../log/log.ts";

/** Seconds between attempts: a database that starts with the machine is there in no time. */
const WAITS = { initial: 1, max: 10 };

/** A wait for a store, and its end. */
export interface Opening {
  readonly log: Log;
  /** Aborted when it is wanted no longer. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Options of the store from the configuration. Throws when that does not say where it is, or names what cannot be read.
 */
export async function postgresqlOptions({ postgresql }: Config["storage"]): Promise<PostgresqlOptions> {
  const { url, ca_file, replica_urls, write_connections, read_connections, statement_timeout } = postgresql;
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
 * Opens the archives, and waits for a database that is not up yet, or not reached yet, however long: nothing else may stand in
 * for it. What no waiting mends, such as a wrong password, is thrown at once.
 */
export async function openWhenReachable(options: PostgresqlOptions, { log, signal }: Opening): Promise<ArchiveStore> {
  for (let attempt = 0;; attempt++) {
    try {
      return await openPostgresqlStore({
        ...options,
        upgraded(from, to): void {
          log.info("store-upgraded", "The archives were brought up to date, for good", { from, to });
        },
      });
    } catch (error) {
      if (!isPassing(error)) throw error;
      const seconds = backoff(attempt, WAITS, Math.random());
      log.error("store-unreachable", "Cannot reach the database of the archives", {
        error,
        retry_in_seconds: Math.round(seconds),
      });
      await delay(seconds * 1000, signal && { signal });
    }
  }
}
