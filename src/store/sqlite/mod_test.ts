/** Opening: what is refused, and what the operator is told. */
import { assertEquals, assertRejects, assertStringIncludes, assertThrows } from "@std/assert";
import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { ArchiveStoreError } from "../error.ts";
import { conversationAt, JULIET, messageAt, pageOf, ROMEO, START } from "../../../tests/support/store/messages.ts";
import { openSqliteReader, openSqliteStore } from "./mod.ts";
import { APPLICATION_ID, MIGRATIONS } from "./schema.ts";
import { brokenRules } from "./verify.ts";
import { makeOlder } from "../../../tests/support/store/older.ts";

/** Runs a test with a path at which there is nothing yet. */
async function withPath(run: (path: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "annals-open-" });
  try {
    await run(`${folder}/archive.sqlite`);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** A database with some entries, closed. */
async function makeArchive(path: string, messages = 3): Promise<void> {
  await using store = await openSqliteStore({ path });
  await store.append(Array.from({ length: messages }, (_, ms) => conversationAt(ms)));
}

/** Expects that opening fails, and says so in words that an operator can act on. */
async function assertRefused(path: string, found: string, hint: string): Promise<void> {
  const error = await assertRejects(() => openSqliteStore({ path }), ArchiveStoreError);
  assertEquals([error.operation, error.path], ["open", path]);
  assertStringIncludes(error.message, `Cannot open the archive "${path}": ${found}`);
  assertStringIncludes(error.hint, hint);
}

Deno.test("openSqliteStore() makes the folder and the database, and finds them again", async () => {
  await withPath(async (path) => {
    const deep = path.replace("archive.sqlite", "a/b/archive.sqlite");
    await makeArchive(deep);
    await using store = await openSqliteStore({ path: deep });
    assertEquals(store.description, `sqlite ${deep}`);
    assertEquals((await pageOf(store, {})).at, [0, 1, 2]);
    assertEquals((await pageOf(store, { with: ROMEO }, { archive: JULIET })).at, [0, 1, 2]);
    assertEquals(store.newestNumber > 0, true);
  });
});

Deno.test("openSqliteStore() remembers the newest number when all is forgotten", async () => {
  await withPath(async (path) => {
    await makeArchive(path);
    const newest = await (async () => {
      await using store = await openSqliteStore({ path });
      await store.expire(START + 1000, 100);
      return store.newestNumber;
    })();
    await using store = await openSqliteStore({ path });
    assertEquals(store.newestNumber, newest);
  });
});

Deno.test("openSqliteStore() leaves one file when it is closed", async () => {
  await withPath(async (path) => {
    await makeArchive(path);
    const left = await Array.fromAsync(Deno.readDir(dirname(path)), ({ name }) => name);
    assertEquals(left.sort(), ["archive.sqlite", "archive.sqlite-lock"]);
  });
});

Deno.test("openSqliteStore() refuses an archive that is open, and takes it when it is closed", async () => {
  await withPath(async (path) => {
    const first = await openSqliteStore({ path });
    await assertRefused(path, "another process has it open", "end that process");
    await Deno.symlink(path, `${path}-link`);
    await assertRefused(`${path}-link`, "another process has it open", "end that process");
    await first[Symbol.asyncDispose]();
    await using _second = await openSqliteStore({ path });
  });
});

Deno.test("openSqliteStore() opens a database that lies elsewhere, through a link, and leaves nothing beside it there", async () => {
  await withPath(async (path) => {
    await makeArchive(path);
    const link = `${path}-link`;
    await Deno.symlink(path, link);
    for (let open = 0; open < 2; open++) {
      await using store = await openSqliteStore({ path: link });
      assertEquals(store.description, `sqlite ${link}`);
    }
    const left = await Array.fromAsync(Deno.readDir(dirname(path)), ({ name }) => name);
    assertEquals(left.filter((name) => /-(wal|shm)$/.test(name)), []);
  });
});

Deno.test("openSqliteStore() refuses what another process has open, until that is killed, and loses nothing", async () => {
  await withPath(async (path) => {
    const script = new URL("../../../tests/support/store/hold.ts", import.meta.url).pathname;
    const holder = new Deno.Command(Deno.execPath(), {
      args: ["run", "--allow-all", "--no-check", script, path],
      stdout: "piped",
    }).spawn();
    const output = holder.stdout.getReader();
    assertEquals(new TextDecoder().decode((await output.read()).value), "stored\n");
    await assertRefused(path, "another process has it open", "end that process");
    holder.kill("SIGKILL");
    await holder.status;
    await output.cancel();
    await using store = await openSqliteStore({ path });
    assertEquals((await pageOf(store, {})).at, [1]);
  });
});

Deno.test("openSqliteStore() lets others read while it writes", async () => {
  await withPath(async (path) => {
    await using store = await openSqliteStore({ path });
    await store.append([conversationAt(1)]);
    using other = new DatabaseSync(path, { readOnly: true });
    const count = other.prepare("SELECT count(*) AS entries FROM recent");
    assertEquals(count.get()?.entries, 2);
    await store.append([conversationAt(2)]);
    assertEquals(count.get()?.entries, 4);
  });
});

Deno.test("openSqliteStore() refuses what is not a database", async () => {
  await withPath(async (path) => {
    await Deno.writeTextFile(path, "Two households, both alike in dignity. ".repeat(100));
    await assertRefused(path, "it is not a database", "move the file away");
  });
});

Deno.test("openSqliteStore() refuses another program's database", async () => {
  await withPath(async (path) => {
    using db = new DatabaseSync(path);
    db.exec("CREATE TABLE prosody (host TEXT)");
    await assertRefused(path, "it is the database of another program", "another path");
    db.exec("PRAGMA application_id = 7");
    await assertRefused(path, "it is the database of another program", "another path");
  });
});

Deno.test("openSqliteStore() takes an empty file for a new archive", async () => {
  await withPath(async (path) => {
    await Deno.writeFile(path, new Uint8Array());
    await makeArchive(path);
  });
});

Deno.test("openSqliteStore() refuses a newer schema", async () => {
  await withPath(async (path) => {
    await makeArchive(path);
    using db = new DatabaseSync(path);
    db.exec(`PRAGMA user_version = ${MIGRATIONS.length + 1}`);
    const known = `schema ${MIGRATIONS.length + 1}; this one knows ${MIGRATIONS.length} and older`;
    await assertRefused(path, `it was written by a newer Annals (${known})`, "run that version");
  });
});

Deno.test("openSqliteStore() refuses a truncated database", async () => {
  await withPath(async (path) => {
    await makeArchive(path);
    await Deno.truncate(path, (await Deno.stat(path)).size / 2);
    await assertRefused(path, "the database is damaged", ".recover");
  });
});

Deno.test("openSqliteStore() reads a small database through, and refuses a damaged one", async () => {
  await withPath(async (path) => {
    await makeArchive(path, 2000);
    const file = await Deno.readFile(path);
    file.fill(0x55, file.length - 12_000, file.length - 100);
    await Deno.writeFile(path, file);
    await assertRefused(path, "the database is damaged", ".recover");
  });
});

Deno.test("openSqliteStore() goes on where a process that was killed had come to", async () => {
  await withPath(async (path) => {
    const crashed = `${path}-crashed`;
    await using store = await openSqliteStore({ path });
    await store.append([conversationAt(1), messageAt(2)]);
    for (const part of ["", "-wal"]) await Deno.copyFile(path + part, crashed + part);
    await using again = await openSqliteStore({ path: crashed });
    assertEquals((await pageOf(again, {})).at, [1, 2]);
  });
});

Deno.test("openSqliteStore() says when a folder cannot be made", async () => {
  await withPath(async (path) => {
    await Deno.writeTextFile(path, "");
    await assertRefused(`${path}/archive.sqlite`, "a part of its path is a file", "another path");
  });
});

Deno.test("openSqliteStore() says when the database is a folder", async () => {
  await withPath(async (path) => {
    await Deno.mkdir(path);
    await assertRefused(path, "it is a folder", "give the path of a file");
  });
});

Deno.test("a store that is closed says so", async () => {
  await withPath(async (path) => {
    const store = await openSqliteStore({ path });
    await store[Symbol.asyncDispose]();
    const message = "the store is closed";
    await assertRejects(() => store.append([messageAt(1)]), ArchiveStoreError, message);
    await assertRejects(() => store.page(ROMEO, {}, { max: 1 }), ArchiveStoreError, message);
    await assertRejects(() => store.deleteArchive(ROMEO), ArchiveStoreError, message);
  });
});

Deno.test("the database is marked as ours", async () => {
  await withPath(async (path) => {
    await makeArchive(path);
    using db = new DatabaseSync(path, { readOnly: true });
    assertEquals(db.prepare("PRAGMA application_id").get()?.application_id, APPLICATION_ID);
    assertEquals(db.prepare("PRAGMA user_version").get()?.user_version, MIGRATIONS.length);
    assertEquals(db.prepare("PRAGMA journal_mode").get()?.journal_mode, "wal");
    assertEquals(db.prepare("PRAGMA page_size").get()?.page_size, 8192);
  });
});

Deno.test("openSqliteStore() brings an archive of the first schema up to date, and loses nothing", async () => {
  await withPath(async (path) => {
    await makeArchive(path, 20_000);
    {
      using db = new DatabaseSync(path);
      makeOlder(db, 1);
    }
    const told: unknown[] = [];
    await using store = await openSqliteStore({ path, upgraded: (versions) => told.push(versions) });
    assertEquals(told, [{ from: 1, to: MIGRATIONS.length }]);
    assertEquals(await store.count(ROMEO, {}), 20_000);
    assertEquals((await pageOf(store, {}, { max: 3 })).at, [0, 1, 2]);
    const moved = { id: "old", time: START - 1, stanza: "<message id='7'/>", with: JULIET, resource: "" };
    assertEquals(await store.adopt(ROMEO, [moved]), { added: 1, held: 0 });
    assertEquals((await pageOf(store, {}, { max: 3 })).at, [7, 0, 1]);
    using db = new DatabaseSync(path, { readOnly: true });
    assertEquals(db.prepare("PRAGMA user_version").get()?.user_version, MIGRATIONS.length);
    assertEquals(brokenRules(db), []);
  });
});

Deno.test("openSqliteReader() reads an archive that is open, and sees what is added meanwhile", async () => {
  await withPath(async (path) => {
    await using store = await openSqliteStore({ path });
    await store.append([conversationAt(1)]);
    await using reader = openSqliteReader(path);
    const found: string[] = [];
    for await (const { stanza } of reader.entries(ROMEO)) {
      found.push(stanza);
      if (found.length === 1) await store.append([conversationAt(2)]);
    }
    assertEquals(found, ["<message id='1'/>", "<message id='2'/>"]);
    assertEquals(await reader.owners("montague.example", "", 10), [ROMEO]);
  });
});

Deno.test("openSqliteReader() refuses what is no archive of this version", async () => {
  await withPath(async (path) => {
    assertThrows(() => openSqliteReader(path), ArchiveStoreError, "there are no archives yet");
    await makeArchive(path);
    using db = new DatabaseSync(path);
    db.exec("PRAGMA user_version = 1");
    const found = `an older Annals (schema 1; this one reads ${MIGRATIONS.length})`;
    assertThrows(() => openSqliteReader(path), ArchiveStoreError, found);
  });
});
