/**
 * One store and two on a database that is far away, where the way there takes more than all the work: what two gain is what they
 * do not wait for each other. Their processors and the database's have little to do.
 *
 * @module
 */
import type { ArchiveStore } from "../../../src/store/archive.ts";
import { openPostgresqlStore } from "../../../src/store/postgresql/mod.ts";
import type { PostgresqlServer } from "../../../tests/support/servers/postgresql.ts";
import { Load } from "../store_load.ts";
import type { Figure } from "../table.ts";
import { Distance } from "./distance.ts";

/** Milliseconds that a round trip takes more than it does on one machine. */
const ROUND_TRIP = 20;

/** Messages that are stored at once, and how often in a round. */
const [BATCH, COMMITS] = [10, 25] as const;

const USERS = 1_000;

/** Two stores on one database. */
export interface FarPair {
  readonly words: string;
  readonly stores: readonly { readonly store: ArchiveStore; readonly load: Load }[];
}

/** Opens them; `apart` says whether each has archives of its own. */
export async function farPair(
  server: PostgresqlServer,
  { words, apart }: { readonly words: string; readonly apart: boolean },
  running: AsyncDisposableStack,
): Promise<FarPair> {
  const { port } = running.use(await Distance.open(server.port, ROUND_TRIP / 2));
  const url = new URL(server.url(await server.createDatabase()));
  url.port = String(port);
  const stores = [];
  for (const host of ["example.test", apart ? "other.test" : "example.test"]) {
    const store = running.use(await openPostgresqlStore({ url: url.href }));
    const load = new Load(USERS, { host, clock: Date.now });
    // Everybody has an archive then.
    await load.fill(store, 10 * USERS);
    stores.push({ store, load });
  }
  return { words, stores };
}

/** Stores messages in one of them, or in both at once. */
export async function commitFar({ words, stores }: FarPair, count: 1 | 2): Promise<Figure[]> {
  const start = performance.now();
  await Promise.all(
    stores.slice(0, count).map(async ({ store, load }) => {
      for (let commit = 0; commit < COMMITS; commit++) await store.append(load.batch(BATCH));
    }),
  );
  const seconds = (performance.now() - start) / 1000;
  const quantity = `commits of ${BATCH} messages a second, ${words}, the database ${ROUND_TRIP} ms away`;
  return [[quantity, "1/s", count * COMMITS / seconds]];
}
