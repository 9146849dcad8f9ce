/**
 * Cost of a page as archives grow.
 *
 * @module
 */
import type { ArchiveStore, Filter, Paging } from "../../src/store/archive.ts";
import { openSqliteStore } from "../../src/store/sqlite/mod.ts";
import type { BenchOptions, Outcome, Scenario } from "./scenario.ts";
import { percentile } from "./statistics.ts";
import { Load } from "./store_load.ts";
import { Table } from "./table.ts";

/** Entries of a page. */
const MAX = 50;

/** Stores of growing size; entries are two for each message. */
interface Size {
  readonly name: string;
  readonly users: number;
  readonly messages: number;
}

const SMALL: Size = { name: "10 thousand entries", users: 20, messages: 5_000 };
const MIDDLE: Size = { name: "1 million entries", users: 1_000, messages: 500_000 };
const LARGE: Size = { name: "10 million entries", users: 1_000, messages: 5_000_000 };

/** An owner, and what lies in the middle of the archive. */
interface Place {
  readonly owner: string;
  readonly peer: string;
  readonly time: number;
  readonly ids: readonly string[];
}

/** Queries: pages of 50 unless the name says otherwise. */
const KINDS: readonly (readonly [name: string, ask: (store: ArchiveStore, place: Place) => Promise<unknown>])[] = [
  ["the last page", (store, { owner }) => page(store, owner, {}, { before: "" })],
  ["the first page", (store, { owner }) => page(store, owner, {})],
  ["a page in the middle", (store, { owner, ids: [after = ""] }) => page(store, owner, {}, { after })],
  ["the last with one of 20 contacts", (store, { owner, peer }) => page(store, owner, { with: peer }, { before: "" })],
  ["the first with one of 20 contacts", (store, { owner, peer }) => page(store, owner, { with: peer })],
  ["the first from a time on", (store, { owner, time }) => page(store, owner, { start: time })],
  ["the last up to a time", (store, { owner, time }) => page(store, owner, { end: time }, { before: "" })],
  ["50 by their ids", (store, { owner, ids }) => page(store, owner, { ids })],
  ["the number of all entries", (store, { owner }) => store.count(owner, {})],
  ["the number of those with one of 20 contacts", (store, { owner, peer }) => store.count(owner, { with: peer })],
];

export const storePages: Scenario = {
  name: "store-pages",
  summary: "pages of 50 out of small and large stores",
  run: measure,
};

async function measure({ quick, say }: BenchOptions): Promise<Outcome> {
  const folder = await Deno.makeTempDir({ prefix: "annals-bench-" });
  await using opened = new AsyncDisposableStack();
  opened.defer(() => Deno.remove(folder, { recursive: true }));
  const subjects = [];
  for (const { name, users, messages } of quick ? [SMALL, MIDDLE] : [SMALL, MIDDLE, LARGE]) {
    say(`storing ${messages} messages`);
    const store = opened.use(await openSqliteStore({ path: `${folder}/${messages}.sqlite` }));
    const load = new Load(users);
    await load.fill(store, messages);
    subjects.push({ name, store, places: await placesIn(store, load) });
  }
  const table = new Table();
  for (let round = 1; round <= (quick ? 3 : 7); round++) {
    say(`round ${round}`);
    for (const [kind, ask] of KINDS) {
      for (const { name, store, places } of subjects) {
        table.add(name, [[kind, "ms, median", await median(places, (place) => ask(store, place))]]);
      }
    }
  }
  return { load: `pages of ${MAX}, one at a time`, baseline: SMALL.name, series: table.series };
}

function page(store: ArchiveStore, owner: string, filter: Filter, paging: Omit<Paging, "max"> = {}): Promise<unknown> {
  return store.page(owner, filter, { max: MAX, ...paging });
}

/** Places in archives all over the store, so that what one page brought into the cache does not serve the next. */
async function placesIn(store: ArchiveStore, load: Load): Promise<Place[]> {
  const places = [];
  for (let place = 0; place < 300; place++) {
    const owner = load.anybody();
    const extent = await store.extent(owner);
    if (extent === undefined) continue;
    const time = Math.floor((extent.first.time + extent.last.time) / 2);
    const middle = await store.page(owner, { start: time }, { max: MAX });
    if ("unknown" in middle) continue;
    places.push({ owner, peer: load.contactOf(owner), time, ids: middle.entries.map(({ id }) => id) });
  }
  return places;
}

async function median(places: readonly Place[], ask: (place: Place) => Promise<unknown>): Promise<number> {
  const times: number[] = [];
  for (const place of places) {
    const began = performance.now();
    await ask(place);
    times.push(performance.now() - began);
  }
  return percentile(times.sort((a, b) => a - b), 0.5);
}
