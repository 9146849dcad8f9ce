import { connect, type Socket } from "node:net";
import postgres from "postgres";
import { addressed } from "./socket.ts";

/** The driver, with whole numbers as JavaScript has them. */
export type Sql = postgres.Sql<{ bigint: number }>;

export type Tls = "require" | "prefer" | "verify-full";

/** How a database is reached. */
export interface Access {
  /**
   * `postgresql://user:password@host:port/database`; of several hosts, `host1:port1,host2:port2`, the one that takes writes is
   * found. What follows `?` are settings of the session: `search_path` to keep everything in another schema than `public`.
   */
  readonly url: string;
  /** Default what the URL says as `sslmode`. */
  readonly tls?: Tls | undefined;
  /** Certificates (PEM) of who must vouch for the server, whatever `tls` says; default those that the runtime trusts. */
  readonly ca?: string | undefined;
  /** Connections at most. */
  readonly connections: number;
  /** Milliseconds that a statement may take; 0 for as long as it likes. */
  readonly statementTimeout: number;
}

/** One server, by name or by the folder of its socket. */
export interface Host {
  readonly host: string;
  readonly port: number;
}

/** Seconds in which a connection must come about. */
export const CONNECT_TIMEOUT = 10;
/** Seconds between two attempts to connect. */
const BACKOFF = 0.25;
/** Milliseconds beyond the time of a statement after which a server that has not even said that it is over is not there any more. */
const GRACE = 5000;

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

/** Which servers a URL names, and the name of the database. Connects to none. */
export function serversOf(url: string): { readonly hosts: readonly Host[]; readonly database: string } {
  const { url: address, ...socket } = addressed(url);
  const { host, port, database } = postgres(address, socket).options;
  return { hosts: host.map((name, index) => ({ host: name, port: port[index] ?? port[0] ?? 5432 })), database };
}

/** Connections to one server, made when something is asked. */
export function createPool({ url, tls, ca, connections, statementTimeout }: Access, { host, port }: Host): Sql {
  const silence = statementTimeout === 0 ? 0 : statementTimeout + GRACE;
  const options: postgres.Options<{ bigint: postgres.PostgresType<number> }> & { socket: () => Socket } = {
    host,
    port,
    max: connections,
    connect_timeout: CONNECT_TIMEOUT,
    backoff: () => BACKOFF,
    // Asking each new connection for the types of arrays would cost a question; arrays are written by `literal.ts`.
    fetch_types: false,
    onnotice: () => {},
    types: { bigint: { to: 20, from: [20], parse: Number, serialize: String } },
    ...tls !== undefined && { ssl: tls },
    ...ca !== undefined && { ssl: { ca, rejectUnauthorized: true } },
    connection: {
      ...SESSION,
      statement_timeout: statementTimeout,
      idle_in_transaction_session_timeout: statementTimeout,
    },
    socket: () => createSocket({ host, port }, silence),
  };
  return postgres(addressed(url).url, options);
}

/**
 * A socket that gives up a server which says nothing for so long: where a machine or the network between has gone without a
 * word, the system would notice after a quarter of an hour. It costs a connection that nobody used meanwhile.
 */
function createSocket({ host, port }: Host, silence: number): Socket {
  const socket = host.startsWith("/") ? connect(`${host}/.s.PGSQL.${port}`) : connect(port, host);
  if (silence > 0) socket.setTimeout(silence, () => socket.destroy());
  // By this name the driver checks the certificate.
  return Object.assign(socket, { host, port });
}
