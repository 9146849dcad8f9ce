/**
 * Archives in PostgreSQL, which several processes may write at once. `SQL.md` says what of SQL is relied on.
 *
 * @module
 */
import type { ArchiveReader, ArchiveStore } from "../archive.ts";
import { Database } from "./connection/database.ts";
import { LIMITS, type Limits } from "./limits.ts";
import { migrate, requireCurrent, type Upgraded } from "./migrate.ts";
import type { Access } from "./connection/session.ts";
import { PostgresqlReader } from "./reader.ts";
import { Replicas } from "./replicas.ts";
import { readState } from "./state.ts";
import { PostgresqlStore } from "./store.ts";

/** Access to the archives. */
export interface PostgresqlOptions {
  /** `postgresql://user:password@host:port/database`; see `Access`. The tables are made if there are none. */
  readonly url: string;
  /** Servers that follow it, from which pages may be read. */
  readonly replicaUrls?: readonly string[];
  /** Certificates (PEM) of who must vouch for each server; default those that the runtime trusts. */
  readonly ca?: string;
  /** Connections on which is written, at most; default 2. */
  readonly writeConnections?: number;
  /** Connections on which is read, at most, of each server; default 8. */
  readonly readConnections?: number;
  /** Milliseconds that a statement may take; default 30,000. */
  readonly statementTimeout?: number;
  readonly upgraded?: Upgraded;
  /** Sizes of steps; for tests. */
  readonly limits?: Partial<Limits>;
}

/** Connections beyond which a service gains nothing. */
const [WRITE_CONNECTIONS, READ_CONNECTIONS] = [2, 8];

/** A page takes milliseconds; what takes so long will not come to an end. */
const STATEMENT_TIMEOUT = 30_000;

/** Opens a store; throws `ArchiveStoreError`, which says what to do. */
export async function openPostgresqlStore(options: PostgresqlOptions): Promise<ArchiveStore> {
  await using opened = new AsyncDisposableStack();
  const { upgraded, limits } = options;
  const writer = opened.use(new Database(access(options, options.writeConnections ?? WRITE_CONNECTIONS)));
  const { reader, replicas } = reading(options, opened);
  const state = await writer.attempt("open", async () => {
    await migrate(writer, upgraded);
    // A server that only follows another must not pass for open until the first message comes: it refuses this already.
    await writer.query("UPDATE state SET swept = swept WHERE false");
    return await readState(writer);
  });
  const connections = { writer, reader, replicas, opened: opened.move() };
  return new PostgresqlStore(connections, { state, limits: { ...LIMITS, ...limits } });
}

/** Opens an archive for reading alone; others may have it open. Throws `ArchiveStoreError`. */
export async function openPostgresqlReader(options: PostgresqlOptions): Promise<ArchiveReader> {
  await using opened = new AsyncDisposableStack();
  const { reader, replicas } = reading(options, opened);
  const state = await reader.attempt("open", async () => {
    await requireCurrent(reader);
    return await readState(reader);
  });
  const limits = { ...LIMITS, ...options.limits };
  return new PostgresqlReader({ reader, replicas, opened: opened.move() }, { state, limits });
}

/** Pages that take long must not keep messages from being written, so reading has connections of its own. */
function reading(
  options: PostgresqlOptions,
  opened: AsyncDisposableStack,
): { readonly reader: Database; readonly replicas: Replicas } {
  const connections = options.readConnections ?? READ_CONNECTIONS;
  const reader = opened.use(new Database(access(options, connections)));
  const replicas = (options.replicaUrls ?? []).map((url) => (
    opened.use(new Database({ ...access(options, connections), url }))
  ));
  return { reader, replicas: new Replicas(reader, replicas) };
}

function access(
  { url, ca, statementTimeout = STATEMENT_TIMEOUT }: PostgresqlOptions,
  connections: number,
): Access {
  return { url, ca, connections, statementTimeout };
}
