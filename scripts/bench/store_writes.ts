/**
 * Speed of storing, and bytes on disk.
 *
 * @module
 */
import { DatabaseSync } from "node:sqlite";
import type { ArchiveStore, NewMessage } from "../../src/store/archive.ts";
import { openSqliteStore } from "../../src/store/sqlite/mod.ts";
import type { BenchOptions, Outcome, Scenario } from "./scenario.ts";
import { Load } from "./store_load.ts";
import { Table } from "./table.ts";

/** Numbers of archives; the others are compared with the first. */
const ARCHIVES = [1_000, 10, 20_000] as const;

/** Batches as they come under load, and one message after the other; how many messages of each a round stores. */
const BATCHES = [[500, 20_000], [50, 10_000], [1, 1_000]] as const;

const BASELINE = "a bare table, by 500";

/** A store of its own, and those who write to it. */
interface Subject {
  /** Completes "batches of 500"; empty for the usual number of archives. */
  readonly name: string;
  readonly path: string;
  readonly store: ArchiveStore;
  readonly load: Load;
  messages: number;
}

export const storeWrites: Scenario = {
  name: "store-writes",
  summary: "messages between local users stored for both ends, in few archives and in many",
  run: measure,
};

async function measure({ quick, say }: BenchOptions): Promise<Outcome> {
  const folder = await Deno.makeTempDir({ prefix: "annals-bench-" });
  await using opened = new AsyncDisposableStack();
  opened.defer(() => Deno.remove(folder, { recursive: true }));
  const bare = opened.use(openBareTable(`${folder}/bare.sqlite`));
  const table = new Table();
  const subjects: Subject[] = [];
  const messages = quick ? 50_000 : 300_000;
  for (const archives of ARCHIVES) {
    say(`storing ${messages} messages in ${archives} archives first`);
    const path = `${folder}/${archives}.sqlite`;
    const store = opened.use(await openSqliteStore({ path }));
    const load = new Load(archives);
    await load.fill(store, messages);
    const name = archives === ARCHIVES[0] ? "" : `, ${archives.toLocaleString("en")} archives`;
    subjects.push({ name, path, store, load, messages });
  }
  for (let round = 1; round <= (quick ? 3 : 7); round++) {
    say(`round ${round}`);
    for (const subject of subjects) {
      const { name, store, load } = subject;
      if (name === "") table.add(BASELINE, rate(await timed(load, 500, 20_000, (batch) => bare.append(batch))));
      for (const [size, messages] of BATCHES) {
        table.add(`batches of ${size}${name}`, rate(await timed(load, size, messages, (batch) => store.append(batch))));
        subject.messages += messages;
      }
    }
  }
  for (const { name, path, messages } of subjects) {
    const { size } = await Deno.stat(path);
    table.add(`batches of 500${name}`, [[
      "on disk, stanzas of 275 bytes on average",
      "bytes a message",
      size / messages,
    ]]);
  }
  return {
    load: `${subjects[0]?.messages} messages between ${ARCHIVES[0]} users, or as many as it says, in the end`,
    baseline: BASELINE,
    series: table.series,
  };
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
  append: (batch: readonly NewMessage[]) => void | Promise<number>,
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
