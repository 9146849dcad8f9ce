import postgres from "postgres";
import { setTimeout } from "node:timers/promises";
import { codeOf, failure } from "./failure.ts";
import { addressed } from "./socket.ts";

/** What goes to the server beside the text of a statement. */
export type Parameter = string | number | null;

/** Where statements are run: outside of a transaction, or within one. */
export interface Queries {
  /** Runs a statement, prepared once a connection. */
  query<Row>(statement: string, parameters?: readonly Parameter[]): Promise<Row[]>;
}

export type Tls = "require" | "prefer" | "verify-full";

/** How a database is reached. */
export interface Access {
  /**
   * `postgresql://user:password@host:port/database`; with several hosts, `host1,host2`, the first that takes writes. What
   * follows `?` are settings of the session: `search_path` to keep everything in another schema than `public`.
   */
  readonly url: string;
  /** Default what the URL says as `sslmode`. */
  readonly tls?: Tls | undefined;
  /** Connections at most. */
  readonly connections: number;
  /** Milliseconds that a statement may take. */
  readonly statementTimeout: number;
}

/** Seconds in which a connection must come about. */
const CONNECT_TIMEOUT = 10;
/** Seconds of silence after which the system asks whether the other end is still there. */
const KEEP_ALIVE = 30;
/** Seconds between two attempts to connect. */
const BACKOFF = 0.25;

/** Attempts at a transaction that others get in the way of. */
const ATTEMPTS = 8;
/** Milliseconds before the second attempt; twice as many before each further one. */
const FIRST_PAUSE = 5;

/** Serialization failure and deadlock: "it is important to retry the complete transaction" (PostgreSQL documentation §13.5). */
const RETRYABLE = ["40001", "40P01"];

/**
 * What every session goes by. Plans are made once a statement, without regard to its parameters: planning for each would cost
 * several times what running does, the more so the more partitions there are. All statements find their rows by a key, and the
 * planner is not to think otherwise of a table that is small at the moment.
 */
const SESSION = {
  application_name: "annals",
  default_transaction_isolation: "read committed",
  plan_cache_mode: "force_generic_plan",
  enable_seqscan: "off",
  enable_bitmapscan: "off",
  jit: "off",
} as const;

/** Connections to one database, and what its operator knows it by. */
export class Database implements Queries, AsyncDisposable {
  /** The database without user and password: `db.example/annals`. */
  readonly name: string;
  readonly #sql: postgres.Sql<{ bigint: number }>;

  /** Connects when something is asked. */
  constructor({ url, tls, connections, statementTimeout }: Access) {
    const { url: known, ...at } = addressed(url);
    this.#sql = postgres(known, {
      ...at,
      max: connections,
      connect_timeout: CONNECT_TIMEOUT,
      keep_alive: KEEP_ALIVE,
      backoff: () => BACKOFF,
      fetch_types: false,
      onnotice: () => {},
      types: { bigint: { to: 20, from: [20], parse: Number, serialize: String } },
      ...tls !== undefined && { ssl: tls },
      connection: {
        ...SESSION,
        statement_timeout: statementTimeout,
        idle_in_transaction_session_timeout: statementTimeout,
      },
    });
    const { host, port, database } = this.#sql.options;
    const hosts = host.map((name, index) => port[index] === 5432 ? name : `${name}:${port[index]}`);
    this.name = `${hosts.join(",")}/${database}`;
  }

  async query<Row>(statement: string, parameters: readonly Parameter[] = []): Promise<Row[]> {
    return await run(this.#sql, statement, parameters);
  }

  /** Does all of the work or none of it; again, where others got in the way. */
  async transaction<T>(work: (queries: Queries) => Promise<T>): Promise<T> {
    return await retried(() => this.#sql.begin((sql) => work(queriesOf(sql)))) as T;
  }

  /** Names what was being done where that fails. */
  async attempt<T>(operation: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw failure(operation, this.name, error);
    }
  }

  /** Lets what was asked finish. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#sql.end({ timeout: CONNECT_TIMEOUT });
  }
}

function queriesOf(sql: postgres.ISql<{ bigint: number }>): Queries {
  return { query: (statement, parameters = []) => run(sql, statement, parameters) };
}

async function run<Row>(
  sql: postgres.ISql<{ bigint: number }>,
  statement: string,
  parameters: readonly Parameter[],
): Promise<Row[]> {
  return [...await sql.unsafe(statement, [...parameters], { prepare: true })] as Row[];
}

/** Runs what others may get in the way of, a bounded number of times. */
async function retried<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1;; attempt++) {
    try {
      return await work();
    } catch (error) {
      if (attempt === ATTEMPTS || !RETRYABLE.includes(codeOf(error))) throw error;
      // Whoever got in each other's way must not meet again.
      await setTimeout(FIRST_PAUSE * 2 ** attempt * Math.random());
    }
  }
}
