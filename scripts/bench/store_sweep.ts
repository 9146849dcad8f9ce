/**
 * Speed of a sweep, and the times of pages meanwhile.
 *
 * @module
 */
import { delay } from "@std/async/delay";
import type { ArchiveStore } from "../../src/store/archive.ts";
import { openSqliteStore } from "../../src/store/sqlite/mod.ts";
import type { BenchOptions, Outcome, Scenario } from "./scenario.ts";
import { percentile } from "./statistics.ts";
import { Load } from "./store_load.ts";
import { type Figure, Table } from "./table.ts";
import { timedSweep } from "./timed_sweep.ts";

const USERS = 1000;

/** Stores, whose entries are two for each message; each round sweeps a tenth of what there was. */
const SIZES = {
  quick: { name: "400 thousand entries", messages: 200_000, rounds: 2 },
  full: { name: "10 million entries", messages: 5_000_000, rounds: 3 },
};

/** Milliseconds between two requests, which come whether or not the one before is answered. */
const PACE = 5;

/** Milliseconds for which pages are read without a sweep. */
export const UNDISTURBED = 10_000;

export const storeSweep: Scenario = {
  name: "store-sweep",
  summary: "a tenth of a store swept while pages of 50 are read, 200 a second",
  run: measure,
};

async function measure({ quick, say }: BenchOptions): Promise<Outcome> {
  const { name, messages, rounds } = quick ? SIZES.quick : SIZES.full;
  const folder = await Deno.makeTempDir({ prefix: "annals-bench-" });
  await using opened = new AsyncDisposableStack();
  opened.defer(() => Deno.remove(folder, { recursive: true }));
  const store = opened.use(await openSqliteStore({ path: `${folder}/archive.sqlite` }));
  const load = new Load(USERS);
  say(`storing ${messages} messages`);
  await load.fill(store, messages);

  const table = new Table();
  const { first, last } = await store.extent(load.anybody()) ?? { first: { time: 0 }, last: { time: 0 } };
  for (let round = 1; round <= rounds; round++) {
    say(`round ${round}`);
    const without = await pagesUntil(delay(UNDISTURBED), store, load);
    const sweeping = timedSweep(store, first.time + (last.time - first.time) * round / 10);
    const during = await pagesUntil(sweeping, store, load);
    const { seconds, entries, longest } = await sweeping;
    table.add(name, [
      ["swept", "entries/s", entries / seconds],
      ["longest step", "ms", longest],
      ...latency("a page", without),
      ...latency("a page while it is swept", during),
    ]);
  }
  return {
    load: `${messages} messages between ${USERS} users at first; a page takes from when it is asked for`,
    baseline: name,
    series: table.series,
  };
}

/** Reads last pages at a steady pace; says how long each took, in milliseconds from when it should have been asked for. */
export async function pagesUntil(end: Promise<unknown>, store: ArchiveStore, load: Load): Promise<number[]> {
  let going = true;
  const ended = end.finally(() => going = false);
  const times: number[] = [];
  const began = performance.now();
  for (let due = began; going; due += PACE) {
    const early = due - performance.now();
    if (early > 0) await delay(early);
    await store.page(load.anybody(), {}, { max: 50, before: "" });
    times.push(performance.now() - due);
  }
  await ended;
  return times;
}

export function latency(quantity: string, times: readonly number[]): Figure[] {
  const sorted = times.toSorted((a, b) => a - b);
  return [[`${quantity}, p50`, "ms", percentile(sorted, 0.5)], [`${quantity}, p99`, "ms", percentile(sorted, 0.99)]];
}
