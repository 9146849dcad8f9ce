import { assertEquals } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { OwnLog } from "./own_log.ts";

interface Place {
  readonly db: DatabaseSync;
  readonly path: string;
  readonly log: OwnLog;
  /** Commits a row of some pages. */
  commit(): void;
}

async function withLog(play: (place: Place) => void): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "annals-own-log-" });
  const path = `${folder}/archive.sqlite`;
  using opened = new DisposableStack();
  const db = opened.adopt(new DatabaseSync(path), (db) => db.close());
  db.exec("PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 50; CREATE TABLE t (text)");
  const insert = db.prepare("INSERT INTO t VALUES (?)");
  const log = new OwnLog(path);
  play({ db, path, log, commit: () => void insert.run("x".repeat(9000)) });
  opened.dispose();
  log[Symbol.dispose]();
  await Deno.remove(folder, { recursive: true });
}

Deno.test("OwnLog finds nothing in what SQLite itself does to the log", () =>
  withLog(({ db, path, log, commit }) => {
    using other = new DatabaseSync(path);
    for (let round = 0; round < 200; round++) {
      commit();
      assertEquals(log.cutOff(), undefined);
      if (round % 30 === 10) db.exec("PRAGMA wal_checkpoint(TRUNCATE)");
      if (round % 30 === 20) other.exec("PRAGMA wal_checkpoint(TRUNCATE)");
      if (round % 3 === 0) assertEquals(log.cutOff(), undefined);
    }
    db.exec("VACUUM");
    assertEquals(log.cutOff(), undefined);
  }));

for (const length of [0, 10_000]) {
  Deno.test(`OwnLog finds a log that another cut off at ${length} bytes, before and after the next commit`, () =>
    withLog(({ path, log, commit }) => {
      const found = { file: `${path}-wal`, became: "cut off" } as const;
      commit();
      commit();
      assertEquals(log.cutOff(), undefined);
      Deno.truncateSync(`${path}-wal`, length);
      assertEquals(log.cutOff(), found);
      commit();
      assertEquals(log.cutOff(), found);
      log.cutToSound();
      assertEquals(Deno.statSync(`${path}-wal`).size <= length, true);
    }));
}
