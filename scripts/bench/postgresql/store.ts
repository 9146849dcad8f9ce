/**
 * The store by itself: how fast messages are stored, what that takes of CPU and disk, and what pages take.
 *
 * @module
 */
import type { ArchiveStore } from "../../../src/store/archive.ts";
import { openPostgresqlStore } from "../../../src/store/postgresql/mod.ts";
import { openSqliteStore } from "../../../src/store/sqlite/mod.ts";
import { usage } from "../../../tests/support/usage.ts";
import type { BenchOptions, Outcome, Scenario } from "../scenario.ts";
import { percentile } from "../statistics.ts";
import { Load } from "../store_load.ts";
import { type Figure, Table } from "../table.ts";
import { bytesOf, launch, WORDS } from "./server.ts";
import { inTurn } from "../rounds.ts";

const USERS = 1_000;

/** Messages stored at once, and how many of them a round stores. */
const BATCHES = [[500, 20_000], [50, 5_000], [1, 300]] as const;

/** Pages that a round reads. */
const PAGES = 300;

const BASELINE = "SQLite";

interface Subject {
  readonly name: string;
  readonly store: ArchiveStore;
  readonly load: Load;
  /** Seconds of CPU that the database's own processes have used; absent where it has none. */
  readonly cpu?: () => Promise<number>;
  bytes(): Promise<number>;
}

export const postgresqlStore: Scenario = {
  name: "postgresql-store",
  summary: "the store alone, in PostgreSQL beside SQLite: writes, pages, CPU, bytes",
  run: measure,
};

async function measure({ quick, say }: BenchOptions): Promise<Outcome> {
  await using opened = new AsyncDisposableStack();
  const server = opened.use(await launch(say));
  const folder = await Deno.makeTempDir({ prefix: "annals-bench-" });
  opened.defer(() => Deno.remove(folder, { recursive: true }));

  async function postgresql(name: string, settings = ""): Promise<Subject> {
    const database = await server.createDatabase();
    const empty = await bytesOf(server, database);
    const store = opened.use(await openPostgresqlStore({ url: server.url(database) + settings }));
    const bytes = async () => await bytesOf(server, database) - empty;
    return { name, store, load: new Load(USERS), cpu: () => server.cpu(), bytes };
  }

  const path = `${folder}/archive.sqlite`;
  const sqlite = opened.use(await openSqliteStore({ path }));
  const bytes = async () => (await Deno.stat(path)).size;
  const subjects: Subject[] = [
    { name: BASELINE, store: sqlite, load: new Load(USERS), bytes },
    await postgresql("PostgreSQL"),
    await postgresql("PostgreSQL, synchronous_commit off", "?synchronous_commit=off"),
  ];
  const [rounds, filled] = quick ? [2, 20_000] : [7, 100_000];
  for (const { store, load } of subjects) await load.fill(store, filled);
  const table = new Table();
  for (const subject of inTurn(subjects, rounds, say)) {
    for (const [size, count] of BATCHES) table.add(subject.name, await write(subject, size, count));
    table.add(subject.name, await read(subject));
  }
  const messages = filled + rounds * BATCHES.reduce((sum, [, count]) => sum + count, 0);
  for (const { name, bytes } of subjects) {
    table.add(name, [["on disk a message, in both archives", "bytes", await bytes() / messages]]);
  }
  return {
    load: `messages of 275 bytes between ${USERS} users, each for both ends; ${WORDS}`,
    baseline: BASELINE,
    series: table.series,
  };
}

async function write(subject: Subject, size: number, count: number): Promise<Figure[]> {
  const { store, load, cpu } = subject;
  const batches = Array.from({ length: count / size }, () => load.batch(size));
  const took = await spent(subject, async () => {
    for (const batch of batches) await store.append(batch);
  });
  return [
    [`messages a second, batches of ${size}`, "1/s", count / took.seconds],
    [`CPU of Annals a message, batches of ${size}`, "µs", took.own / count * 1e6],
    ...cpu === undefined
      ? []
      : [[`CPU of the database a message, batches of ${size}`, "µs", took.keeper / count * 1e6] as const],
    [`CPU of both a message, batches of ${size}`, "µs", (took.own + took.keeper) / count * 1e6],
  ];
}

async function read(subject: Subject): Promise<Figure[]> {
  const { store, load, cpu } = subject;
  const times: number[] = [];
  const took = await spent(subject, async () => {
    for (let page = 0; page < PAGES; page++) {
      const began = performance.now();
      await store.page(load.anybody(), {}, { max: 50, before: "" });
      times.push(performance.now() - began);
    }
  });
  times.sort((a, b) => a - b);
  return [
    ["the last page, p50", "ms", percentile(times, 0.5)],
    ["the last page, p99", "ms", percentile(times, 0.99)],
    ["CPU of Annals a page", "ms", took.own / PAGES * 1e3],
    ...cpu === undefined ? [] : [["CPU of the database a page", "ms", took.keeper / PAGES * 1e3] as const],
  ];
}

/** Seconds of a clock, and of CPU, that some work takes. */
async function spent(
  { cpu }: Subject,
  work: () => Promise<void>,
): Promise<{ seconds: number; own: number; keeper: number }> {
  const before = [(await usage(Deno.pid)).cpu, await cpu?.() ?? 0] as const;
  const start = performance.now();
  await work();
  const seconds = (performance.now() - start) / 1000;
  const after = [(await usage(Deno.pid)).cpu, await cpu?.() ?? 0] as const;
  return { seconds, own: after[0] - before[0], keeper: after[1] - before[1] };
}
