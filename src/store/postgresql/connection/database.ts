import { setTimeout } from "node:timers/promises";
import { codeOf, failure } from "./failure.ts";
import { type Host, locate, PORT } from "./hosts.ts";
import { passes } from "./passing.ts";
import { Pool } from "./pool.ts";
import { type Access, type Parameter, type Queries, Session, type Statement } from "./session.ts";

/** Attempts at a transaction that others get in the way of. */
const ATTEMPTS = 8;
/** Milliseconds before the second attempt; twice as many before each further one. */
const FIRST_PAUSE = 5;

/** Serialization failure and deadlock: "it is important to retry the complete transaction" (PostgreSQL documentation §13.5). */
const RETRYABLE = ["40001", "40P01"];

/** read_only_sql_transaction: what a replica says to who writes. */
const READ_ONLY = "25006";

/** One server, and what is known of it. */
interface Server {
  readonly pool: Pool;
  /** Settled when it is known whether it takes writes; asked where there are several only. */
  checked: Promise<void> | undefined;
}

/** Connections to one database, and what its operator knows it by. */
export class Database implements Queries, AsyncDisposable {
  /** The database without user and password: `db.example/annals`. */
  readonly name: string;
  readonly #access: Access;
  readonly #hosts: readonly Host[];
  #turn = 0;
  #server: Server;

  /** Connects when something is asked. */
  constructor(access: Access) {
    const { hosts, database } = locate(access.url);
    this.name = `${hosts.map(nameOf).join(",")}/${database}`;
    this.#access = access;
    this.#hosts = hosts;
    this.#server = this.#next();
  }

  async query<Row>(statement: string, parameters: readonly Parameter[] = []): Promise<Row[]> {
    return await this.#use((session) => session.query(statement, parameters));
  }

  /** Does all of the work or none of it; again, where others got in the way. */
  async transaction<T>(work: (queries: Queries) => Promise<T>): Promise<T> {
    return await this.#use((session) => retried(() => session.transaction(work)));
  }

  /** The same for statements of which none depends on what another returns, in one way to the server; returns the rows of the last. */
  async atOnce<Row>(statements: readonly Statement[]): Promise<Row[]> {
    return await this.#use((session) => retried(() => session.atOnce<Row>(statements)));
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
    await this.#server.pool.end();
  }

  /** Never retries after a lost connection: the statement may have committed. Later calls use another host. */
  async #use<T>(work: (session: Session) => Promise<T>): Promise<T> {
    const server = await this.#writable();
    try {
      return await server.pool.use(work);
    } catch (error) {
      if (passes(error)) this.#moveOn(server);
      throw error;
    }
  }

  /** A server that takes writes; each is asked once. */
  async #writable(): Promise<Server> {
    for (let tried = 1;; tried++) {
      const server = this.#server;
      try {
        if (this.#hosts.length > 1) await (server.checked ??= requireWritable(server.pool));
        return server;
      } catch (error) {
        if (!passes(error)) throw error;
        this.#moveOn(server);
        if (tried >= this.#hosts.length) throw error;
      }
    }
  }

  /** Leaves a server, unless somebody else has done so. */
  #moveOn(server: Server): void {
    if (this.#hosts.length === 1 || server !== this.#server) return;
    this.#turn++;
    this.#server = this.#next();
    // What is still asked there fails by itself; there is nobody to tell that closing fails.
    server.pool.end().catch(() => {});
  }

  #next(): Server {
    const host = this.#hosts[this.#turn % this.#hosts.length] ?? { host: "localhost", port: PORT };
    return { pool: new Pool(() => new Session(this.#access, host), this.#access.connections), checked: undefined };
  }
}

function nameOf({ host, port }: Host): string {
  const name = host.includes(":") && !host.startsWith("/") ? `[${host}]` : host;
  return port === PORT ? name : `${name}:${port}`;
}

async function requireWritable(pool: Pool): Promise<void> {
  const [row] = await pool.use((session) => (
    session.query<{ replica: boolean }>("SELECT pg_is_in_recovery() AS replica")
  ));
  if (row?.replica) throw Object.assign(new Error("The server is a replica"), { code: READ_ONLY });
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
