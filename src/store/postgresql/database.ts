import { setTimeout } from "node:timers/promises";
import type postgres from "postgres";
import { codeOf, failure } from "./failure.ts";
import { passes } from "./passing.ts";
import { type Access, CONNECT_TIMEOUT, createPool, type Host, serversOf, type Sql } from "./pool.ts";

/** What goes to the server beside the text of a statement. */
export type Parameter = string | number | null;

/** Where statements are run: outside of a transaction, or within one. */
export interface Queries {
  /** Runs a statement, prepared once a connection. */
  query<Row>(statement: string, parameters?: readonly Parameter[]): Promise<Row[]>;
}

/** Attempts at a transaction that others get in the way of. */
const ATTEMPTS = 8;
/** Milliseconds before the second attempt; twice as many before each further one. */
const FIRST_PAUSE = 5;

/** Serialization failure and deadlock: "it is important to retry the complete transaction" (PostgreSQL documentation §13.5). */
const RETRYABLE = ["40001", "40P01"];

/** read_only_sql_transaction: what a replica says to who writes. */
const READ_ONLY = "25006";

/** Connections to one database, and what its operator knows it by. */
export class Database implements Queries, AsyncDisposable {
  /** The database without user and password: `db.example/annals`. */
  readonly name: string;
  readonly #access: Access;
  readonly #hosts: readonly Host[];
  #turn = 0;
  #pool: Sql;
  /** Where there are several servers: settled when it is known whether this one takes writes. */
  #checked: Promise<void> | undefined;

  /** Connects when something is asked. */
  constructor(access: Access) {
    const { hosts, database } = serversOf(access.url);
    this.name = `${hosts.map(nameOf).join(",")}/${database}`;
    this.#access = access;
    this.#hosts = hosts;
    this.#pool = this.#createPool();
  }

  async query<Row>(statement: string, parameters: readonly Parameter[] = []): Promise<Row[]> {
    return await this.#use((sql) => run(sql, statement, parameters));
  }

  /** Does all of the work or none of it; again, where others got in the way. */
  async transaction<T>(work: (queries: Queries) => Promise<T>): Promise<T> {
    return await this.#use((pool) => retried(() => pool.begin((sql) => work(queriesOf(sql))) as Promise<T>));
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
    await this.#pool.end({ timeout: CONNECT_TIMEOUT });
  }

  /** What fails on a server that is gone is not done again here, as nobody knows whether it was done; what comes next goes to another. */
  async #use<T>(work: (pool: Sql) => Promise<T>): Promise<T> {
    const pool = await this.#primary();
    try {
      return await work(pool);
    } catch (error) {
      if (passes(error)) this.#moveOn(pool);
      throw error;
    }
  }

  /** A server that takes writes; each is asked once. */
  async #primary(): Promise<Sql> {
    for (let tried = 1;; tried++) {
      const pool = this.#pool;
      try {
        if (this.#hosts.length > 1) await (this.#checked ??= requireWritable(pool));
        return pool;
      } catch (error) {
        this.#moveOn(pool);
        if (tried >= this.#hosts.length || !passes(error)) throw error;
      }
    }
  }

  /** Leaves a server, unless somebody else has done so. */
  #moveOn(pool: Sql): void {
    if (this.#hosts.length === 1 || pool !== this.#pool) return;
    this.#turn++;
    this.#pool = this.#createPool();
    this.#checked = undefined;
    // What is still asked there fails by itself; there is nobody to tell that closing fails.
    pool.end({ timeout: CONNECT_TIMEOUT }).catch(() => {});
  }

  #createPool(): Sql {
    const [first = { host: "localhost", port: 5432 }] = this.#hosts;
    return createPool(this.#access, this.#hosts[this.#turn % this.#hosts.length] ?? first);
  }
}

function nameOf({ host, port }: Host): string {
  return port === 5432 ? host : `${host}:${port}`;
}

async function requireWritable(pool: Sql): Promise<void> {
  const [row] = await run<{ replica: boolean }>(pool, "SELECT pg_is_in_recovery() AS replica", []);
  if (row?.replica) throw Object.assign(new Error("The server is a replica"), { code: READ_ONLY });
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
