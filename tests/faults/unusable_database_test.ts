/**
 * Databases that cannot be used: each is refused with an error that says what to do, and is left as it is.
 *
 * @module
 */
import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { ArchiveStoreError } from "../../src/store/error.ts";
import { openSqliteStore } from "../../src/store/sqlite/mod.ts";
import { available, SmallDisk } from "../support/disk.ts";
import { Random, seedOf } from "../support/random.ts";
import { contentsOf, keptOf } from "../support/store_contents.ts";
import { StoreModel } from "../support/store_operations.ts";
import { StoreProcess } from "../support/store_process.ts";

const PAGE_SIZE = 8192;
const DAMAGED = /the database is damaged; save what can be read with "sqlite3 FILE .recover", or restore a backup/;

/** Harms to the files of a store that was closed, or whose process was killed, and the error for each. */
const HARMS: readonly [name: string, left: "closed" | "killed", harm: (path: string) => void, said: RegExp][] = [
  [
    "a schema newer than the program",
    "closed",
    (path) => edit(path, "PRAGMA user_version = 99"),
    /written by a newer Annals \(schema 99; .*\); run that version, or restore a backup/,
  ],
  [
    "the database of another program",
    "closed",
    (path) => edit(path, "PRAGMA application_id = 1"),
    /the database of another program; give the archive another path/,
  ],
  [
    "a file that is no database",
    "closed",
    (path) => Deno.writeTextFileSync(path, "To do: buy milk\n".repeat(1000)),
    /not a database; move the file away, or restore it from a backup/,
  ],
  ["a page of garbage", "closed", (path) => scribble(path, 20), DAMAGED],
  ["a page of garbage, after a crash", "killed", (path) => scribble(path, 20), DAMAGED],
  ["a file cut in half, after a crash", "killed", (path) => cut(path, 1 / 2), DAMAGED],
  ["a file cut in half", "closed", (path) => cut(path, 1 / 2), DAMAGED],
];

for (const [name, left, harm, said] of HARMS) {
  Deno.test(`A store refuses ${name}, says what to do, and leaves it as it is`, async () => {
    const path = await storeOf(left);
    harm(path);
    const before = await digest(path);
    const error = await assertRejects(() => openSqliteStore({ path }), ArchiveStoreError);
    assertMatch(error.message, said);
    // After a crash SQLite moves into the database what is in the log.
    if (left === "closed") assertEquals(await digest(path), before);
    await Deno.remove(folderOf(path), { recursive: true });
  });
}

Deno.test("A store refuses an archive that another process writes, and says so", async () => {
  const path = `${await Deno.makeTempDir({ prefix: "annals-used-" })}/archive.sqlite`;
  await using process = new StoreProcess();
  await process.begin({ store: { path }, seed: 1, time: new StoreModel().time });
  await process.progress(1);
  const error = await assertRejects(() => openSqliteStore({ path }), ArchiveStoreError);
  assertMatch(error.message, /another process has it open; end that process .*, or give this one another path/);
  await process.progress(1);
  await process.kill();
  await Deno.remove(folderOf(path), { recursive: true });
});

Deno.test({
  name: "A store refuses a disk that is read-only, and one that is full",
  ignore: !await available(() => SmallDisk.mount(1)),
  async fn(): Promise<void> {
    await using disk = await SmallDisk.mount(16);
    const path = `${disk.folder}/archive.sqlite`;
    await (await openSqliteStore({ path }))[Symbol.asyncDispose]();
    await disk.protect();
    const unwritable = await assertRejects(() => openSqliteStore({ path }), ArchiveStoreError);
    assertMatch(unwritable.message, /cannot be opened or made; .* on a disk that is not read-only/);

    await using full = await SmallDisk.mount(1);
    await Deno.writeFile(`${full.folder}/filler`, new Uint8Array(1024 * 1024));
    const refused = await assertRejects(() => openSqliteStore({ path: `${full.folder}/a.sqlite` }), ArchiveStoreError);
    assertMatch(refused.message, /the disk is full; free some space, or move the archive to a larger disk/);
  },
});

Deno.test("A log that was cut off, or has garbage in it, costs what came last, and nothing is half done", async () => {
  const random = new Random(seedOf("damaged log"));
  for (let round = 0; round < 4; round++) {
    const folder = await Deno.makeTempDir({ prefix: "annals-log-" });
    const path = `${folder}/archive.sqlite`;
    await using process = new StoreProcess();
    // Nothing moves into the database before its end: the log is all that there is.
    const store = { path, checkpointPages: 1_000_000 };
    await process.begin({ store, seed: random.bits(), time: new StoreModel().time });
    await process.progress(random.integer(5, 40));
    await process.kill();
    const log = await Deno.readFile(`${path}-wal`);
    for (let harm = 0; harm < 10; harm++) {
      const copy = `${folder}/${harm}.sqlite`;
      await Deno.copyFile(path, copy);
      await Deno.writeFile(`${copy}-wal`, harmed(log, random));
      await using survivor = await openSqliteStore({ path: copy });
      // Throws when what is found is not the state after one of the operations.
      keptOf(process.begun, { model: new StoreModel(), found: await contentsOf(survivor) });
    }
    await Deno.remove(folder, { recursive: true });
  }
});

/** A store that a process has written to. */
async function storeOf(left: "closed" | "killed"): Promise<string> {
  const path = `${await Deno.makeTempDir({ prefix: "annals-harm-" })}/archive.sqlite`;
  await using process = new StoreProcess();
  await process.begin({ store: { path, checkpointPages: 20 }, seed: 1, time: new StoreModel().time });
  await process.progress(60);
  await process.kill();
  if (left === "closed") await (await openSqliteStore({ path }))[Symbol.asyncDispose]();
  return path;
}

async function digest(path: string): Promise<string> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", await Deno.readFile(path))).toHex();
}

function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf("/"));
}

function edit(path: string, sql: string): void {
  const db = new DatabaseSync(path);
  db.exec(sql);
  db.close();
}

function scribble(path: string, page: number): void {
  using file = Deno.openSync(path, { write: true });
  file.seekSync(page * PAGE_SIZE, Deno.SeekMode.Start);
  file.writeSync(new Uint8Array(PAGE_SIZE).fill(0xa5));
}

function cut(path: string, part: number): void {
  Deno.truncateSync(path, Math.floor(Deno.statSync(path).size * part));
}

function harmed(log: Uint8Array<ArrayBuffer>, random: Random): Uint8Array<ArrayBuffer> {
  const bytes = log.slice();
  const place = random.integer(0, bytes.length - 1);
  if (random.chance(0.5)) return bytes.slice(0, place);
  bytes[place] = (bytes[place] ?? 0) ^ random.integer(1, 255);
  return bytes;
}
