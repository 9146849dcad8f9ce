/** Backups: taken while somebody writes, verified, and put back in one step whatever happens. */
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { ArchiveStoreError } from "../error.ts";
import type { ArchiveStore } from "../archive.ts";
import { formatArchiveId } from "../id.ts";
import { conversationAt, idAt, JULIET, messageAt, ROMEO, START } from "../../../tests/support/store/messages.ts";
import { backUpArchive } from "./backup.ts";
import { openSqliteReader, openSqliteStore } from "./mod.ts";
import { Restoration } from "./restore.ts";
import { verifyArchive } from "./verify.ts";
import { makeOlder } from "../../../tests/support/store/older.ts";

/** A folder for an archive and its backups. */
class Place implements AsyncDisposable {
  private constructor(readonly folder: string) {}

  static async make(messages: number): Promise<Place> {
    const place = new Place(await Deno.makeTempDir({ prefix: "annals-backup-" }));
    await using store = await openSqliteStore({ path: place.path });
    for (let at = 0; at < messages; at += 1000) {
      await store.append(Array.from({ length: Math.min(1000, messages - at) }, (_, ms) => conversationAt(at + ms)));
    }
    return place;
  }

  get path(): string {
    return `${this.folder}/archive.sqlite`;
  }

  get backup(): string {
    return `${this.folder}/backup.sqlite`;
  }

  /** The files there, but for a log that is empty, which whoever only reads leaves. */
  async names(): Promise<string[]> {
    const names = await Array.fromAsync(Deno.readDir(this.folder), ({ name }) => name);
    const isLog = (name: string): boolean => /^archive.sqlite-(wal|shm)$/.test(name);
    const log = names.includes("archive.sqlite-wal") ? await Deno.stat(`${this.path}-wal`) : undefined;
    return names.filter((name) => (log?.size ?? 0) > 0 || !isLog(name)).sort();
  }

  async count(path = this.path): Promise<unknown> {
    await using reader = openSqliteReader(path);
    return await reader.count(ROMEO, {});
  }

  /** Puts the backup back. */
  async restore(): Promise<void> {
    await using restoration = await Restoration.prepare(this.backup, this.path);
    await restoration.complete();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.folder, { recursive: true });
  }
}

Deno.test("backUpArchive() copies one state while somebody goes on writing, into one private file", async () => {
  const messages = 40_000;
  await using place = await Place.make(messages);
  {
    await using store = await openSqliteStore({ path: place.path });
    let written = messages;
    const shares: number[] = [];
    // The connection that is copied sees what it saw at the beginning; another, as of a service, has moved on.
    await backUpArchive(place.path, place.backup, (share) => {
      shares.push(share);
      // Not for ever: a copy that begins again each time would never end.
      if (written < messages + 20) store.append([conversationAt(written++)]);
    });
    assert(shares.length > 1);
    assertEquals(shares.toSorted((a, b) => a - b), shares);
  }
  assertEquals(await place.names(), ["archive.sqlite", "archive.sqlite-lock", "backup.sqlite"]);
  assertEquals(((await Deno.stat(place.backup)).mode ?? 0) & 0o777, 0o600);
  assertEquals(verifyArchive(place.backup), []);
  assertEquals(await place.count(place.backup), messages);
});

Deno.test("backUpArchive() replaces an older backup, and never the archive itself", async () => {
  await using place = await Place.make(3);
  await Deno.writeTextFile(place.backup, "of last week");
  await backUpArchive(place.path, place.backup);
  assertEquals(await place.count(place.backup), 3);
  await Deno.symlink(place.path, `${place.folder}/link`);
  for (const file of [place.path, `${place.folder}/link`, `${place.path}-lock`]) {
    await assertRejects(() => backUpArchive(place.path, file), ArchiveStoreError, "is a file of the archive itself");
  }
});

Deno.test("backUpArchive() leaves the older backup where the archive is not sound", async () => {
  await using place = await Place.make(3);
  await Deno.writeTextFile(place.backup, "of last week");
  using db = new DatabaseSync(place.path);
  db.exec("UPDATE archive SET settled = 99");
  await assertRejects(() => backUpArchive(place.path, place.backup), ArchiveStoreError, "the copy is not sound");
  assertEquals(await Deno.readTextFile(place.backup), "of last week");
  assertEquals((await place.names()).filter((name) => name.includes(".part")), []);
});

Deno.test("backUpArchive() copies an archive of an older version as it is, to be restored by either version", async () => {
  await using place = await Place.make(3);
  using db = new DatabaseSync(place.path);
  makeOlder(db, 2);
  await backUpArchive(place.path, place.backup);
  {
    using copy = new DatabaseSync(place.backup, { readOnly: true });
    assertEquals(copy.prepare("PRAGMA user_version").get(), { user_version: 2 });
  }
  db.close();
  await place.restore();
  assertEquals(await place.count(), 3);
});

Deno.test("backUpArchive() names the archive where that is nothing to be copied", async () => {
  await using place = await Place.make(3);
  using db = new DatabaseSync(place.path);
  db.exec("PRAGMA user_version = 999");
  const about = (found: string): string => `Cannot open the archive "${place.path}": ${found}`;
  const refused = (found: string): Promise<unknown> =>
    assertRejects(() => backUpArchive(place.path, place.backup), ArchiveStoreError, about(found));
  await refused("it was written by a newer Annals (schema 999");
  db.exec("PRAGMA application_id = 7");
  await refused("it is the database of another program");
  db.close();
  await Deno.writeTextFile(place.path, "");
  await refused("it is empty");
});

Deno.test("Restoration says what will go and what will be there, and replaces the one by the other", async () => {
  await using place = await Place.make(3);
  await backUpArchive(place.path, place.backup);
  {
    await using store = await openSqliteStore({ path: place.path });
    await store.append([messageAt(10)]);
  }
  {
    await using restoration = await Restoration.prepare(place.backup, place.path);
    assertEquals([restoration.replaced?.entries, restoration.restored.entries], [7, 6]);
    assertEquals(restoration.restored.newest, START + 2);
    await assertRejects(() => openSqliteStore({ path: place.path }), ArchiveStoreError, "another process has it open");
  }
  assertEquals(await place.count(), 4);
  await place.restore();
  assertEquals(await place.count(), 3);
  assertEquals(verifyArchive(place.path), []);
  assertEquals(await place.names(), ["archive.sqlite", "archive.sqlite-lock", "backup.sqlite"]);
  assertEquals(((await Deno.stat(place.path)).mode ?? 0) & 0o777, 0o600);
});

Deno.test("Restoration makes an archive where there is none, and replaces one that is damaged", async () => {
  await using place = await Place.make(3);
  await backUpArchive(place.path, place.backup);
  await Deno.remove(place.path);
  await place.restore();
  assertEquals(await place.count(), 3);
  await Deno.writeTextFile(place.path, "garbage".repeat(10_000));
  await Deno.writeTextFile(`${place.path}-wal`, "garbage");
  await place.restore();
  assertEquals(await place.count(), 3);
  assertEquals(await place.names(), ["archive.sqlite", "archive.sqlite-lock", "backup.sqlite"]);
});

Deno.test("Restoration goes on after one that was cut off", async () => {
  await using place = await Place.make(3);
  await backUpArchive(place.path, place.backup);
  for (const left of ["archive.sqlite-restoring", "archive.sqlite-replaced", "archive.sqlite-replaced-wal"]) {
    await Deno.writeTextFile(`${place.folder}/${left}`, "half of it");
  }
  await place.restore();
  assertEquals(await place.count(), 3);
  assertEquals(await place.names(), ["archive.sqlite", "archive.sqlite-lock", "backup.sqlite"]);
});

Deno.test("Restoration refuses an archive that is in use, and what is no sound backup", async () => {
  await using place = await Place.make(3);
  await backUpArchive(place.path, place.backup);
  {
    await using _service = await openSqliteStore({ path: place.path });
    await assertRejects(() => place.restore(), ArchiveStoreError, "another process has it open; end that process");
  }
  {
    using db = new DatabaseSync(place.backup);
    db.exec("UPDATE archive SET settled = 99");
  }
  await assertRejects(() => place.restore(), ArchiveStoreError, "it is not sound (an archive counts its settled");
  await Deno.writeTextFile(place.backup, "");
  await assertRejects(() => place.restore(), ArchiveStoreError, "it is empty");
  await Deno.writeTextFile(place.backup, "garbage");
  await assertRejects(() => place.restore(), ArchiveStoreError, "it is not a database");
  await Deno.remove(place.backup);
  await assertRejects(() => place.restore(), ArchiveStoreError, "there is no such file");
  assertEquals(await place.count(), 3);
  assertEquals(await place.names(), ["archive.sqlite", "archive.sqlite-lock"]);
});

Deno.test("Restoration refuses the archive itself, by whatever name: what came meanwhile would be gone", async () => {
  await using place = await Place.make(3);
  await Deno.symlink(place.path, `${place.folder}/link`);
  await Deno.link(place.path, `${place.folder}/other-name`);
  for (const name of ["archive.sqlite", "archive.sqlite-restoring", "link", "other-name"]) {
    const prepared = Restoration.prepare(`${place.folder}/${name}`, place.path, { beside: true });
    await assertRejects(() => prepared, ArchiveStoreError, "is a file of the archive itself; give another name");
  }
  assertEquals(await place.count(), 3);
});

Deno.test({
  name:
    "What root restores is the archive's owner's before it takes its place, so that the owner's service can put it there",
  ignore: Deno.build.os === "windows" || Deno.uid() !== 0,
  async fn(): Promise<void> {
    await using place = await Place.make(3);
    await backUpArchive(place.path, place.backup);
    await Deno.chown(place.path, 65534, 65534);
    await using restoration = await Restoration.prepare(place.backup, place.path, { beside: true });
    assertEquals((await Deno.stat(`${place.path}-restoring`)).uid, 65534);
    await restoration.complete();
    assertEquals((await Deno.stat(place.path)).uid, 65534);
  },
});

Deno.test("A folder is neither an archive nor a backup, and is called what it is", async () => {
  await using place = await Place.make(3);
  const said = [ArchiveStoreError, "it is a folder; give the path of a file"] as const;
  await assertRejects(() => Restoration.prepare(place.folder, place.path), ...said);
  await assertRejects(() => Restoration.prepare(place.path, place.folder), ...said);
  await assertRejects(() => backUpArchive(place.folder, place.backup), ...said);
  await assertRejects(() => openSqliteStore({ path: place.folder }), ...said);
  assertThrows(() => openSqliteReader(place.folder), ...said);
  await Deno.remove(`${place.folder}-lock`);
});

Deno.test("Restoration brings a backup of an older version up to date", async () => {
  await using place = await Place.make(3);
  await backUpArchive(place.path, place.backup);
  {
    using db = new DatabaseSync(place.backup);
    makeOlder(db, 2);
  }
  await place.restore();
  assertEquals(verifyArchive(place.path), []);
  assertEquals(await place.count(), 3);
});

Deno.test("giveBack() gives what is free back, in steps, and loses nothing; fold() makes the file smaller", async () => {
  await using place = await Place.make(5000);
  await using store = await openSqliteStore({ path: place.path });
  while ((await store.expire(START + 4000, 500)).more);
  await store.files?.fold();
  const { database: before, free } = store.size;
  const left: number[] = [];
  do left.push(await store.files?.giveBack() ?? 0); while (left.at(-1) !== 0);
  assertEquals(left.toSorted((a, b) => b - a), left);
  assert((left[0] ?? 0) < free);
  assertEquals(await store.files?.fold(), true);
  assertEquals(store.size, { database: before - free, log: 0, free: 0 });
  assertEquals(await store.count(ROMEO, {}), 1000);
  assertEquals(verifyArchive(place.path), []);
});

Deno.test("fold() says that it cannot where somebody reads what was", async () => {
  await using place = await Place.make(3);
  await using store = await openSqliteStore({ path: place.path });
  {
    using reader = new DatabaseSync(place.path, { readOnly: true });
    reader.exec("BEGIN; SELECT count(*) FROM message");
    await store.append([conversationAt(10)]);
    assertEquals(await store.files?.fold(), false);
  }
  assertEquals(await store.files?.fold(), true);
});

Deno.test("What is deleted or replaced is overwritten where that is asked for, in the log too, while the archive is in use", async () => {
  const ways: readonly ((store: ArchiveStore) => Promise<number | boolean>)[] = [
    (store) => store.forget(ROMEO, [formatArchiveId(idAt(10))], { overwrite: true }),
    (store) => store.deleteArchive(ROMEO, { overwrite: true }),
    (store) => store.rewrite(ROMEO, formatArchiveId(idAt(10)), "<message/>", { overwrite: true }),
  ];
  for (const forget of ways) {
    await using place = await Place.make(3);
    await using store = await openSqliteStore({ path: place.path });
    const held = async (): Promise<boolean> => {
      const files = await Promise.all([place.path, `${place.path}-wal`].map((path) => Deno.readTextFile(path)));
      return files.join().includes("doff thy name");
    };
    await store.append([{ ...messageAt(10), stanza: "<message>Romeo, doff thy name</message>" }]);
    await store.files?.fold();
    assertEquals(await held(), true);
    assert(Number(await forget(store)) > 0);
    assertEquals(await store.files?.fold(), true);
    assertEquals(await held(), false);
  }
});

Deno.test("What is deleted is nowhere on the disk, also where entries that came in between had moved it", async () => {
  await using place = await Place.make(0);
  await using store = await openSqliteStore({ path: place.path });
  for (let round = 0; round < 10; round++) {
    const entries = Array.from({ length: 60 }, (_, i) => {
      const time = START + ((i * 10 + round) * 7919 % 600) * 1000;
      return {
        id: `${round}-${i}`,
        time,
        stanza: `<body>doff thy name${" ".repeat(i * 37 % 400)}</body>`,
        with: JULIET,
        resource: "",
      };
    });
    await store.adopt(ROMEO, entries.toSorted((a, b) => a.time - b.time));
  }
  await store.deleteArchive(ROMEO, { overwrite: true });
  await store.files?.fold();
  assertEquals((await Deno.readTextFile(place.path)).split("doff thy name").length - 1, 0);
});

Deno.test("Numbers of ids go on from those of the archive that was replaced", async () => {
  await using place = await Place.make(3);
  await backUpArchive(place.path, place.backup);
  let newest: number;
  {
    await using store = await openSqliteStore({ path: place.path });
    await store.append([conversationAt(5_000_000)]);
    newest = store.newestNumber;
  }
  await place.restore();
  await using store = await openSqliteStore({ path: place.path });
  assertEquals([await store.count(ROMEO, {}), store.newestNumber], [3, newest]);
});
