/**
 * Kills commands that change archives in the middle of what they do: the archive is sound all the same, holds what it held
 * before or what it was to hold, and the command can be repeated.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import { FakeSite } from "../support/fake_site.ts";
import { print } from "../support/random.ts";
import { Process } from "../support/process.ts";
import { openSqliteReader } from "../../src/store/sqlite/mod.ts";
import { verifyArchive } from "../../src/store/sqlite/verify.ts";
import { JULIET, ROMEO } from "../support/store/messages.ts";

const MAIN = new URL("../../main.ts", import.meta.url).pathname;

/** Messages that each of the two has in the beginning. */
const MESSAGES = 5000;

/**
 * Runs a command, and kills it when a file in the folder of the archive has changed so often.
 *
 * @returns whether the command had not ended by itself
 */
async function killed(site: FakeSite, args: readonly string[], { file, after }: Moment): Promise<boolean> {
  using watcher = Deno.watchFs(`${site.folder}/data`);
  await using command = new Process(Deno.execPath(), {
    args: ["run", "-A", MAIN, ...args, "--config", site.file("config.toml")],
  });
  const ended = command.ended.then(() => watcher.close());
  let changes = 0;
  for await (const { paths } of watcher) {
    if (!paths.some((path) => path.endsWith(file)) || ++changes < after) continue;
    await command.kill();
    break;
  }
  const { signal } = await command.ended;
  await ended.catch(() => {});
  return signal === "SIGKILL";
}

interface Moment {
  readonly file: string;
  readonly after: number;
}

/** Counts the messages of each owner. */
async function held(site: FakeSite): Promise<unknown[]> {
  await using reader = openSqliteReader(site.path);
  return [await reader.count(ROMEO, {}), await reader.count(JULIET, {})];
}

const CHANGES = [1, 2, 5, 20, 50];

Deno.test("restore that is killed leaves the old archive or the new one, and goes through when it is repeated", async () => {
  let kills = 0;
  const files = ["-restoring", "-restoring-wal", "-replaced"];
  for (const moment of files.flatMap((file) => [1, 4].map((after) => ({ file, after })))) {
    await using site = await FakeSite.make({ messages: MESSAGES });
    const backup = site.file("backup.sqlite");
    await site.annals(0, "backup", backup);
    await site.annals(0, "purge", "--user", ROMEO, "--yes");
    kills += Number(await killed(site, ["restore", backup, "--yes"], moment));
    assertEquals(verifyArchive(site.path), []);
    const found = await held(site);
    assertEquals(found[1], MESSAGES);
    assertEquals([0, MESSAGES].includes(Number(found[0])), true, `${found}`);
    await site.annals(0, "restore", backup, "--yes");
    assertEquals(await held(site), [MESSAGES, MESSAGES]);
    const names = await Array.fromAsync(Deno.readDir(`${site.folder}/data`), ({ name }) => name);
    assertEquals(names.filter((name) => /restoring|replaced/.test(name)), []);
  }
  print(`${kills} kills of restore`);
  assertEquals(kills > 0, true);
});

Deno.test("purge and compact that are killed leave an archive that is sound, and go through when they are repeated", async () => {
  let kills = 0;
  for (const after of CHANGES) {
    await using site = await FakeSite.make({ messages: MESSAGES });
    const purge = ["purge", "--user", ROMEO, "--yes"];
    kills += Number(await killed(site, purge, { file: "-wal", after }));
    assertEquals(verifyArchive(site.path), []);
    assertEquals((await held(site))[1], MESSAGES);
    await site.annals(0, ...purge);
    assertEquals(await held(site), [0, MESSAGES]);

    kills += Number(await killed(site, ["compact"], { file: "-wal", after }));
    assertEquals(verifyArchive(site.path), []);
    assertEquals(await held(site), [0, MESSAGES]);
    await site.annals(0, "compact");
    assertEquals(await held(site), [0, MESSAGES]);
  }
  print(`${kills} kills of purge and compact`);
  assertEquals(kills > 0, true);
});
