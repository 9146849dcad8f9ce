import type { Socket } from "node:net";
import postgres from "postgres";
import { type Host, locate } from "./hosts.ts";
import { openSocket, refusedSocket } from "./socket.ts";

/** Parameter of a statement. */
export type Parameter = string | number | null;

/** A statement, and what goes along with it. */
export type Statement = readonly [text: string, parameters?: readonly Parameter[]];

/** Runs statements, outside of a transaction or within one. */
export interface Queries {
  /** Runs a statement, prepared once a connection. */
  query<Row>(statement: string, parameters?: readonly Parameter[]): Promise<Row[]>;
}

/** Access to a database. */
export interface Access {
  /**
   * `postgresql://user:password@host:port/database`; of several hosts, `host1:port1,host2:port2`, the one that takes writes is
   * found. What follows `?` are settings of the session: `search_path` to keep everything in another schema than `public`.
   */
  readonly url: string;
  /** Certificates (PEM) of who must vouch for the server, whatever `sslmode` says; default those that the runtime trusts. */
  readonly ca?: string | undefined;
  /** Connections at most. */
  readonly connections: number;
  /** Milliseconds that a statement may take; 0 for as long as it likes. */
  readonly statementTimeout: number;
}

/** Seconds in which a connection must come about, and may take to end. */
const PATIENCE = 10;
/** Milliseconds beyond the time of a statement after which a server that has not even said that it is over is not there any more. */
const GRACE = 5000;

/**
 * Settings of every session. Plans are made once a statement, without regard to its parameters: planning for each would cost
 * several times what running does, the more so the more partitions there are. All statements find their rows by a key, and the
 * planner is not to think otherwise of a table that is small at the moment.
 */
const SETTINGS = {
  application_name: "annals",
  default_transaction_isolation: "read committed",
  plan_cache_mode: "force_generic_plan",
  enable_seqscan: "off",
  enable_bitmapscan: "off",
  jit: "off",
} as const;

/**
 * One connection, from its first statement to when it is lost, and never another after that.
 *
 * The driver would connect again by itself. It then runs what is left of a transaction outside of it
 * (https://github.com/porsager/postgres/pull/1155), or ends the program by writing to a connection that is gone (…/issues/1208),
 * or never writes again (…/pull/1215). So each connection is an instance of the driver, which is refused a second one, and left
 * when the first is lost.
 */
export class Session implements Queries {
  readonly #sql: postgres.Sql<{ bigint: number }>;
  /** Milliseconds after which a statement has no answer any more; 0 for never. */
  readonly #silence: number;
  #socket: Socket | undefined;
  /** Statements that the server has yet to answer, which it does one after the other. */
  #unanswered = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #lost = false;
  #answered = false;

  constructor({ url, ca, statementTimeout }: Access, host: Host) {
    this.#silence = statementTimeout === 0 ? 0 : statementTimeout + GRACE;
    const options = {
      max: 1,
      max_lifetime: null,
      connect_timeout: PATIENCE,
      // Asking for the types of arrays would cost a question; arrays are written by `literal.ts`.
      fetch_types: false,
      onnotice: () => {},
      onclose: () => {
        this.#lost = true;
      },
      types: { bigint: { to: 20, from: [20], parse: Number, serialize: String } },
      ...ca !== undefined && { ssl: { ca, rejectUnauthorized: true } },
      connection: {
        ...SETTINGS,
        statement_timeout: statementTimeout,
        idle_in_transaction_session_timeout: statementTimeout,
      },
      // The driver has this option, and no type for it.
      socket: ({ ssl }: { readonly ssl: unknown }) => {
        if (this.#socket !== undefined) return refusedSocket();
        return this.#socket = openSocket(host, { needsTls: ssl !== false && ssl !== "prefer" });
      },
    };
    const { url: rest, database } = locate(url);
    this.#sql = postgres(rest, { ...options, database });
  }

  /** True when it is of no use any more. */
  get isLost(): boolean {
    return this.#lost;
  }

  async query<Row>(statement: string, parameters: readonly Parameter[] = []): Promise<Row[]> {
    if (this.#lost) throw Object.assign(new Error("The connection was lost"), { code: "CONNECTION_CLOSED" });
    this.#count(1);
    try {
      const rows = [...await this.#sql.unsafe(statement, [...parameters], { prepare: true })] as Row[];
      this.#answered = true;
      return rows;
    } catch (error) {
      // A server that refuses somebody says so before it closes the connection.
      if (!this.#answered) this.#leave();
      throw error;
    } finally {
      this.#count(-1);
    }
  }

  /** Does all of the work or none of it. When the connection is lost during the last statement, nobody knows which. */
  async transaction<T>(work: (queries: Queries) => Promise<T>): Promise<T> {
    const begun = this.query("BEGIN");
    // What is asked first goes along with it, and fails if it does.
    begun.catch(() => {});
    try {
      const result = await work(this);
      await begun;
      await this.query("COMMIT");
      return result;
    } catch (error) {
      if (!this.#lost) await this.query("ROLLBACK").catch(() => this.#leave());
      throw error;
    }
  }

  /**
   * Does all of the statements or none of them, in one way to the server and back: none depends on what another returns. Returns the
   * rows of the last. When the connection is lost, nobody knows what became of them.
   */
  async atOnce<Row>(statements: readonly Statement[]): Promise<Row[]> {
    const asked: readonly Statement[] = [["BEGIN"], ...statements, ["COMMIT"]];
    // After one that fails the server refuses those that follow, and takes COMMIT for ROLLBACK.
    const answers = asked.map(([text, parameters]) => this.query<Row>(text, parameters));
    await Promise.allSettled(answers);
    return (await Promise.all(answers))[statements.length] ?? [];
  }

  /** Lets what was asked finish. */
  async end(): Promise<void> {
    await this.#sql.end({ timeout: PATIENCE });
  }

  /**
   * Counts what is asked and answered. Where a machine or the network has gone without a word, the system would notice after a
   * quarter of an hour. Each statement has its time from the answer to the one ahead of it.
   */
  #count(change: 1 | -1): void {
    this.#unanswered += change;
    clearTimeout(this.#timer);
    if (this.#unanswered > 0 && this.#silence > 0) this.#timer = setTimeout(() => this.#leave(), this.#silence);
  }

  #leave(): void {
    this.#lost = true;
    // Whoever waits for an answer is told that there is none. The driver would wait for the other end to close, too.
    this.#sql.end({ timeout: 0 }).catch(() => {}).finally(() => this.#socket?.destroy());
  }
}
