/**
 * How fast messages are stored and forgotten, and what they take on disk.
 *
 * @module
 */
import { DatabaseSync } from "node:sqlite";
import type { ArchiveStore, NewMessage } from "../../src/store/archive.ts";
import { openSqliteStore } from "../../src/store/sqlite/mod.ts";
import type { BenchOptions, Outcome, Scenario } from "./scenario.ts";
import { Load } from "./store_load.ts";
import { Table } from "./table.ts";

const USERS = 1000;

/** Batches as they come under load, and one message after the other; how many messages of each a round stores. */
const BATCHES = [[500, 20_000], [50, 10_000], [1, 1_000]] as const;

/** Entries that a step of the sweep takes. */
const SWEPT = [500, 5_000] as const;

const BASELINE = "a bare table, by 500";

export const storeWrites: Scenario = {
  name: "store-writes",
  summary: "messages between 1,000 local users stored for both ends, then swept",
  run: measure,
};

async function measure({ quick, say }: BenchOptions): Promise<Outcome> {
  const folder = await Deno.makeTempDir({ prefix: "annals-bench-" });
  try {
    const path = `${folder}/archive.sqlite`;
    const load = new Load(USERS);
    const table = new Table();
    using bare = openBareTable(`${folder}/bare.sqlite`);
    let stored = quick ? 50_000 : 300_000;
    {
      await using store = await openSqliteStore({ path });
      say(`storing ${stored} messages first`);
      await load.fill(store, stored);
      for (let round = 1; round <= (quick ? 3 : 7); round++) {
        say(`round ${round}`);
        table.add(BASELINE, rate(await timed(load, 500, 20_000, (batch) => bare.append(batch))));
        for (const [size, messages] of BATCHES) {
          table.add(`batches of ${size}`, rate(await timed(load, size, messages, (batch) => store.append(batch))));
          stored += messages;
        }
      }
    }
    const { size } = await Deno.stat(path);
    table.add("batches of 500", [["on disk, stanzas of 275 bytes on average", "bytes a message", size / stored]]);
    await using store = await openSqliteStore({ path });
    for (const step of SWEPT) await sweep(store, step, table);
    return { load: `${stored} messages between ${USERS} users in the end`, baseline: BASELINE, series: table.series };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** The least that storing can cost: stanzas appended to a table without an index, in the same mode. */
function openBareTable(path: string): { append(batch: readonly NewMessage[]): void; [Symbol.dispose](): void } {
  const db = new DatabaseSync(path);
  db.exec(
    "PRAGMA page_size = 8192; PRAGMA journal_mode = WAL; PRAGMA synchronous = normal; PRAGMA wal_autocheckpoint = 10000",
  );
  db.exec("CREATE TABLE message (number INTEGER PRIMARY KEY, stanza TEXT)");
  const insert = db.prepare("INSERT INTO message (stanza) VALUES (?)");
  return {
    append(batch): void {
      db.exec("BEGIN");
      for (const { stanza } of batch) insert.run(stanza);
      db.exec("COMMIT");
    },
    [Symbol.dispose]: () => db.close(),
  };
}

interface Timed {
  readonly messages: number;
  /** Milliseconds of each batch. */
  readonly batches: readonly number[];
}

async function timed(
  load: Load,
  size: number,
  messages: number,
  append: (batch: readonly NewMessage[]) => void | Promise<void>,
): Promise<Timed> {
  const batches: number[] = [];
  for (let done = 0; done < messages; done += size) {
    const batch = load.batch(size);
    const began = performance.now();
    await append(batch);
    batches.push(performance.now() - began);
  }
  return { messages, batches };
}

function rate({ messages, batches }: Timed): [string, string, number][] {
  const total = batches.reduce((sum, one) => sum + one, 0);
  return [["stored", "messages/s", messages / total * 1000], ["longest batch", "ms", Math.max(...batches)]];
}

/** Forgets a fifth of what is there, counted from the oldest. */
async function sweep(store: ArchiveStore, step: number, table: Table): Promise<void> {
  const extent = await store.extent(new Load(USERS).anybody());
  if (extent === undefined) return;
  const before = extent.first.time + (extent.last.time - extent.first.time) / 5;
  let entries = 0;
  const steps: number[] = [];
  for (let more = true; more;) {
    const began = performance.now();
    const swept = await store.expire(before, step);
    steps.push(performance.now() - began);
    entries += swept.entries;
    more = swept.more;
  }
  const total = steps.reduce((sum, one) => sum + one, 0);
  table.add(`steps of ${step}`, [["swept", "entries/s", entries / total * 1000], [
    "longest step",
    "ms",
    Math.max(...steps),
  ]]);
}
