/** Promises that SQLite adds to the contract: one stanza however many hold it, a full disk, bounded files, steps. */
import { assert, assertEquals, assertRejects } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import type { ArchiveStore } from "../archive.ts";
import { ArchiveStoreError } from "../error.ts";
import { nextTurn } from "../../lib/next_turn.ts";
import {
  conversationAt,
  idAt,
  JULIET,
  messageAt,
  NURSE,
  pageOf,
  ROMEO,
  START,
} from "../../../tests/support/store/messages.ts";
import { openSqliteStore, type SqliteOptions } from "./mod.ts";
import { brokenRules } from "./verify.ts";

interface Bench {
  readonly store: ArchiveStore;
  readonly path: string;
  /** Another process's connection, as it were. */
  readonly db: DatabaseSync;
}

function test(name: string, options: Partial<SqliteOptions>, run: (bench: Bench) => Promise<void>): void {
  Deno.test(name, async () => {
    const folder = await Deno.makeTempDir({ prefix: "annals-sqlite-" });
    const path = `${folder}/archive.sqlite`;
    try {
      await using store = await openSqliteStore({ path, ...options });
      using db = new DatabaseSync(path, { readOnly: true });
      await run({ store, path, db });
      assertEquals(brokenRules(db), []);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  });
}

function stanzas(db: DatabaseSync): unknown {
  return db.prepare("SELECT count(*) AS rows FROM message").get()?.rows;
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, index) => from + index);
}

test("a stanza is kept once, and goes when the last archive lets go", {}, async ({ store, db }) => {
  await store.append([conversationAt(1), conversationAt(2), messageAt(3)]);
  assertEquals(stanzas(db), 3);
  await store.deleteArchive(ROMEO);
  assertEquals(stanzas(db), 2);
  await store.deleteArchive(JULIET);
  assertEquals(stanzas(db), 0);
});

test("a stanza is kept once when the other end's entry comes later", {}, async ({ store, db }) => {
  await store.append([messageAt(1), messageAt(2)]);
  await store.append([conversationAt(1)]);
  await store.append([{ ...conversationAt(2), entries: conversationAt(2).entries.slice(1) }]);
  assertEquals(stanzas(db), 3);
  assertEquals((await pageOf(store, {}, { archive: JULIET })).at, [1, 2]);
});

test("nothing is left of what is forgotten", {}, async ({ store, db }) => {
  await store.append(range(0, 50).map((ms) => conversationAt(ms * 1_000_000)));
  while ((await store.expire(Infinity, 7)).more);
  await store.append([messageAt(60_000_000, { archive: NURSE })]);
  await store.deleteArchive(NURSE);
  await store.expire(Infinity, 100);
  for (const table of ["archive", "correspondent", "message", "entry", "recent", "activity"]) {
    assertEquals([table, db.prepare(`SELECT count(*) AS rows FROM ${table}`).get()?.rows], [table, 0]);
  }
});

test("a stanza that two archives hold goes when the sweep has been to both", {
  limits: { recentEntries: 3, settledEntries: 2 },
}, async ({ store, db }) => {
  await store.append(range(0, 10).map((ms) => conversationAt(ms)));
  // The other end received this one later, and keeps it longer.
  await store.append([messageAt(20, {}, { archive: JULIET, id: idAt(90) })]);
  assertEquals(await store.expire(START + 30, 11), { entries: 11, more: true });
  assertEquals([await store.count(ROMEO, {}), await store.count(JULIET, {}), stanzas(db)], [0, 11, 11]);
  while ((await store.expire(START + 30, 4)).more);
  assertEquals([await store.count(JULIET, {}), stanzas(db)], [1, 1]);
  assertEquals((await pageOf(store, {}, { archive: JULIET })).at, [20]);
  while ((await store.expire(START + 100, 4)).more);
  assertEquals(stanzas(db), 0);
});

Deno.test("a sweep that was cut off leaves nothing behind when another has come after a restart", async () => {
  const folder = await Deno.makeTempDir({ prefix: "annals-sqlite-" });
  const path = `${folder}/archive.sqlite`;
  try {
    for (const steps of [1, 3, 5, 7, 9]) {
      {
        await using store = await openSqliteStore({ path });
        await store.append(range(0, 20).map((ms) => conversationAt(steps * 100 + ms)));
        for (const _ of range(0, steps)) await store.expire(START + steps * 100 + 15, 5);
      }
      await using store = await openSqliteStore({ path });
      while ((await store.expire(START + steps * 100 + 15, 5)).more);
      for (const archive of [ROMEO, JULIET]) {
        const kept = range(15, 20).map((ms) => steps * 100 + ms);
        assertEquals((await pageOf(store, {}, { archive })).at, kept);
      }
      using db = new DatabaseSync(path, { readOnly: true });
      assertEquals(stanzas(db), 5);
      assertEquals(brokenRules(db), []);
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

test("a full disk refuses a batch whole, and the next one goes through when there is room", {
  maxBytes: 400_000,
  limits: { recentEntries: 100, settledEntries: 50 },
}, async ({ store, db }) => {
  const batch = (from: number) =>
    range(from, from + 50).map((ms) => ({ ...conversationAt(ms), stanza: `<m id='${ms}'/>`.padEnd(500) }));
  let stored = 0;
  const error = await assertRejects(async () => {
    while (true) {
      await store.append(batch(stored));
      stored += 50;
    }
  }, ArchiveStoreError);
  assertEquals([error.operation, error.hint], ["append to", "free some space, or move the archive to a larger disk"]);
  assert(stored >= 100);
  assertEquals(await store.count(ROMEO, {}), stored);
  assertEquals(store.newestNumber, conversationAt(stored - 1).entries[1]?.id.number);
  assertEquals(brokenRules(db), []);

  await assertRejects(() => store.append(batch(stored)), ArchiveStoreError, "the disk is full");
  assertEquals((await store.expire(START + 100, 1000)).entries, 200);
  await store.append(batch(stored));
  assertEquals((await pageOf(store, {}, { max: 1, before: "" })).at, [stored + 49]);
  assertEquals(await store.count(JULIET, {}), stored - 50);
});

test("names that a refused batch brought are not mistaken for others", { maxBytes: 200_000 }, async ({ store }) => {
  const big = "x".repeat(300_000);
  await assertRejects(
    () => store.append([messageAt(1, { archive: NURSE }), { ...messageAt(2), stanza: big }]),
    ArchiveStoreError,
  );
  await store.append([messageAt(3), messageAt(4, { archive: JULIET, with: NURSE }), messageAt(5, { archive: NURSE })]);
  for (const [archive, ms] of [[ROMEO, 3], [JULIET, 4], [NURSE, 5]] as const) {
    assertEquals((await pageOf(store, {}, { archive })).at, [ms]);
  }
  assertEquals((await pageOf(store, { with: NURSE }, { archive: JULIET })).at, [4]);
});

test("the log is bounded, and written again from its start", { checkpointPages: 100 }, async ({ store, path }) => {
  const sizes = [];
  for (const step of range(0, 200)) {
    await store.append(range(0, 20).map((ms) => conversationAt(step * 100 + ms)));
    sizes.push((await Deno.stat(`${path}-wal`)).size);
  }
  // The checkpoint comes with the commit that exceeds the bound.
  assert(Math.max(...sizes) < 2 * 100 * 4096, `${Math.max(...sizes)}`);
});

test(
  "the log is bounded while pages are read without a pause and a sweep goes on: no read keeps its place in the log",
  {
    checkpointPages: 100,
    limits: { recentEntries: 100, settledEntries: 50, walkedEntries: 16, stepMilliseconds: 0 },
  },
  async ({ store, path }) => {
    await store.append(range(0, 500).map((ms) => conversationAt(ms)));
    let writing = true;
    let pages = 0;
    // Three readers whose pages take many turns each: there is always one in the middle of its own.
    const readers = range(0, 3).map(async () => {
      while (writing) {
        await pageOf(store, { with: JULIET, start: START }, { max: 400 });
        pages++;
      }
    });
    const sizes = [];
    for (let step = 5; step < 65 || pages < 10; step++) {
      await store.append(range(step * 100, step * 100 + 50).map((ms) => conversationAt(ms)));
      await store.expire(START + (step - 5) * 100, 500);
      await nextTurn();
      sizes.push((await Deno.stat(`${path}-wal`)).size);
    }
    writing = false;
    await Promise.all(readers);
    assert(Math.max(...sizes) < 4 * 100 * 4096, `${Math.max(...sizes)}`);
  },
);

test("a long log is moved into the database while nobody writes, and then written from its start again", {
  checkpointPages: 4000,
}, async ({ store, path }) => {
  const size = async (file: string) => (await Deno.stat(file)).size;
  // https://sqlite.org/walformat.html §2: the checkpoint sequence number, counted up when the log begins again.
  const beginnings = async () => new DataView((await Deno.readFile(`${path}-wal`)).buffer).getUint32(12);
  const stanza = "x".repeat(4000);
  let ms = 0;
  const write = () => store.append(range(0, 20).map(() => ({ ...conversationAt(ms++), stanza })));
  // From half the length on at which a commit would do it.
  while (await size(`${path}-wal`) < 0.6 * 4000 * 4096) await write();
  const first = await beginnings();
  while (await size(path) < 0.3 * 4000 * 4096) await nextTurn();
  while (await beginnings() === first) await write();
  assert(await size(`${path}-wal`) < 0.9 * 4000 * 4096);
  assertEquals(await store.count(ROMEO, {}), ms);
});

test("the log grows while another program reads on and on, and is cut back when that has ended", {
  checkpointPages: 100,
}, async ({ store, path, db }) => {
  const size = async () => (await Deno.stat(`${path}-wal`)).size;
  const write = async (from: number) => {
    for (const step of range(from, from + 100)) {
      await store.append(range(0, 20).map((ms) => conversationAt(step * 100 + ms)));
    }
  };
  db.exec("BEGIN; SELECT count(*) FROM message");
  await write(0);
  assert(await size() > 3 * 100 * 4096, `${await size()}`);
  assertEquals(await store.count(ROMEO, {}), 2000);
  db.exec("COMMIT");
  await write(100);
  assert(await size() < 2 * 100 * 4096, `${await size()}`);
});

test("the file keeps its size when as much comes as goes, and shrinks when far less is held", {
  checkpointPages: 100,
}, async ({ store, path }) => {
  const size = async () => (await Deno.stat(path)).size;
  const fill = (from: number, to: number) => (
    store.append(range(from, to).map((ms) => ({ ...conversationAt(ms), stanza: "x".repeat(4000) })))
  );
  for (const at of range(0, 12)) await fill(at * 500, (at + 1) * 500);
  const full = await size();
  for (const at of range(12, 18)) {
    await fill(at * 500, (at + 1) * 500);
    await store.expire(START + (at - 11) * 500, 1000);
  }
  assert(await size() < 1.25 * full);
  while ((await store.expire(START + 8900, 500)).more);
  for (const at of range(18, 30)) await store.append(range(at * 500, at * 500 + 20).map((ms) => conversationAt(ms)));
  assert(await size() < full / 2, `${await size()} of ${full}`);
});

test("a long count lets other work go first", {
  limits: { recentEntries: 100, walkedEntries: 16, stepMilliseconds: 0 },
}, async ({ store }) => {
  await store.append(range(0, 2000).map((ms) => messageAt(ms)));
  let turns = 0;
  let counting = true;
  const count = store.count(ROMEO, { start: START, end: START + 1999 }).finally(() => counting = false);
  while (counting) {
    await nextTurn();
    turns++;
  }
  assertEquals(await count, 2000);
  assert(turns > 10, `${turns} turns`);
});

test("a query neither loses nor repeats what moves between tables meanwhile", {
  limits: { recentEntries: 100, settledEntries: 7, walkedEntries: 16, stepMilliseconds: 0 },
}, async ({ store }) => {
  const hours = (from: number, to: number) => range(from, to).map((hour) => messageAt(hour * 3_600_000));
  await store.append(hours(1, 300));
  // An old entry among the recent ones: both tables have entries of all times.
  await store.append(hours(0, 1));
  const all = range(0, 300).map((hour) => hour * 3_600_000);
  const end = START + 299 * 3_600_000;
  let asking = true;
  const answers = Promise.all([
    pageOf(store, { with: JULIET, end }, { max: 1000 }),
    pageOf(store, { end }, { max: 1000, before: "" }),
    store.count(ROMEO, { with: JULIET, end }),
  ]).finally(() => asking = false);
  for (let hour = 300; asking; hour++) {
    await store.append(hours(hour, hour + 1));
    await nextTurn();
  }
  const [forward, backward, count] = await answers;
  assertEquals(forward.at, all);
  assertEquals(backward.at, all);
  assertEquals(count, 300);
});
