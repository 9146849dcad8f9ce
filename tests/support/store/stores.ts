/**
 * Every kind of store, for tests that all of them must pass.
 *
 * @module
 */
import type { ArchiveStore } from "../../../src/store/archive.ts";
import { openMemoryStore } from "../../../src/store/memory/mod.ts";
import type { Limits } from "../../../src/store/sqlite/limits.ts";
import { openPostgresqlStore } from "../../../src/store/postgresql/mod.ts";
import { openSqliteStore } from "../../../src/store/sqlite/mod.ts";
import { emptySchema, server } from "./postgresql.ts";

/** A kind of store, and how to have an empty one. */
export interface Kind {
  readonly name: string;
  open(): Promise<TestStore>;
}

/** A store that leaves nothing behind. */
export interface TestStore extends AsyncDisposable {
  readonly store: ArchiveStore;
  /** Path on disk. */
  readonly path?: string;
}

export const KINDS: readonly Kind[] = [
  { name: "memory", open: openMemory },
  { name: "sqlite", open: () => openSqlite() },
  {
    name: "sqlite in small steps",
    open: () => openSqlite({ recentEntries: 5, settledEntries: 3, walkedEntries: 4, stepMilliseconds: 0 }),
  },
  ...server === undefined ? [] : [{ name: "postgresql", open: openPostgresql }],
];

/** Runs a test on every kind of store. */
export function testStores(name: string, run: (store: ArchiveStore) => Promise<void>): void {
  for (const kind of KINDS) {
    Deno.test(`${name} (${kind.name})`, async () => {
      await using opened = await kind.open();
      await run(opened.store);
    });
  }
}

function openMemory(): Promise<TestStore> {
  const store = openMemoryStore();
  return Promise.resolve({ store, [Symbol.asyncDispose]: () => store[Symbol.asyncDispose]() });
}

async function openSqlite(limits: Partial<Limits> = {}): Promise<TestStore> {
  const folder = await Deno.makeTempDir({ prefix: "annals-store-" });
  const path = `${folder}/archive.sqlite`;
  const store = await openSqliteStore({ path, limits });
  return {
    store,
    path,
    async [Symbol.asyncDispose](): Promise<void> {
      await store[Symbol.asyncDispose]();
      await Deno.remove(folder, { recursive: true });
    },
  };
}

async function openPostgresql(): Promise<TestStore> {
  const store = await openPostgresqlStore({ url: await emptySchema() });
  return { store, [Symbol.asyncDispose]: () => store[Symbol.asyncDispose]() };
}
