/**
 * Files of the archives that are removed or replaced under the service: nothing is taken into what is gone, and all that was
 * taken is saved.
 *
 * @module
 */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { Annals } from "../support/annals.ts";
import { chat } from "../support/handed_over.ts";
import { freePorts } from "../support/ports.ts";
import { ScriptedServer, type ServerStream } from "../support/scripted_server.ts";
import { openSqliteStore } from "../../src/store/sqlite/mod.ts";
import { verifyArchive } from "../../src/store/sqlite/verify.ts";

interface Stage {
  readonly annals: Annals;
  readonly stream: ServerStream;
  /** The archive's database, in a folder of its own. */
  readonly path: string;
  readonly folder: string;
  ready(): Promise<[status: number, body: string]>;
}

async function scene(play: (stage: Stage) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "annals-displaced-" });
  const path = `${folder}/data/archive.sqlite`;
  await using server = new ScriptedServer();
  const listen = `127.0.0.1:${freePorts(1)[0]}`;
  const config = { max_archive_query_results: 1000, storage: { sqlite: { path } }, metrics: { listen } };
  await using annals = await Annals.prepare(server.site, { config });
  annals.spawn();
  const stream = await server.welcome();
  await annals.inService();
  await play({
    annals,
    stream,
    path,
    folder: `${folder}/data`,
    async ready(): Promise<[number, string]> {
      const response = await fetch(`http://${listen}/readyz`);
      return [response.status, await response.text()];
    },
  });
  await annals.stop();
  await Deno.remove(folder, { recursive: true });
}

/** Hands over messages of these numbers, and waits until they were looked at. */
async function send(stream: ServerStream, from: number, to: number): Promise<void> {
  await stream.send(numbers(from, to).map((number) => chat("bob", "alice", `${number}`)).join(""));
  await stream.archive("alice");
}

function numbers(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, i) => from + i);
}

async function found(stream: ServerStream): Promise<number[]> {
  return (await stream.archive("alice")).map(({ body }) => Number(body));
}

/** Numbers of alice's messages in a database that nobody has open. */
async function numbersIn(path: string, host: string): Promise<number[]> {
  assertEquals(verifyArchive(path), []);
  await using store = await openSqliteStore({ path });
  const bodies = await Array.fromAsync(store.entries(`alice@${host}`), ({ stanza }) => stanza);
  return bodies.map((stanza) => Number(stanza.match(/<body>(\d+)/)?.[1]));
}

const NOT_READY = [503, "the archives cannot be opened, or their files were removed or replaced\n"];

const LOSSES: readonly [what: string, harm: (path: string) => Promise<void>, became: RegExp][] = [
  ["the database is removed", (path) => Deno.remove(path), /removed/],
  ["all files are removed", async (path) => {
    for (const file of [path, `${path}-wal`, `${path}-shm`]) await Deno.remove(file);
  }, /removed/],
  ["the folder is removed", (path) => Deno.remove(path.replace(/\/[^/]*$/, ""), { recursive: true }), /removed/],
  ["another database takes its place", async (path) => {
    await (await openSqliteStore({ path: `${path}2` }))[Symbol.asyncDispose]();
    await Deno.rename(`${path}2`, path);
  }, /replaced/],
];

for (const [what, harm, became] of LOSSES) {
  Deno.test(`Where ${what}, nothing is taken any more, and all that was is saved in a file that is named`, async () => {
    await scene(async ({ annals, stream, path, folder, ready }) => {
      await send(stream, 0, 300);
      await harm(path);
      await send(stream, 300, 320);
      const displaced = await annals.event("archive-displaced");
      assertMatch(displaced.message, became);
      const { saved, hint } = await annals.event("archive-saved");
      assertMatch(String(saved), /\/archive\.sqlite\.saved-\d{8}T\d{6}Z$/);
      assertEquals(hint, `stop Annals, put it back (annals restore "${saved}"), and start Annals`);
      assertEquals(await ready(), NOT_READY);
      await annals.kill();
      // The next start would make new archives, and says that there are others.
      annals.spawn();
      await annals.event("archive-saved-before", { where: { saved } });
      await annals.stop();

      const names = await Array.fromAsync(Deno.readDir(folder), ({ name }) => name);
      assertEquals(names.filter((name) => /-(wal|shm)/.test(name)), []);
      const kept = await numbersIn(String(saved), annals.site.hosts[0] ?? "");
      assert(kept.length >= 300);
      assertEquals(kept, numbers(0, kept.length));
      if (became.source === "replaced") assertEquals(await numbersIn(path, annals.site.hosts[0] ?? ""), []);
    });
  });
}

Deno.test("Where nobody has noticed that files vanished, the end saves what was in them, and its last line says where", async () => {
  await scene(async ({ annals, stream, path }) => {
    await send(stream, 0, 300);
    await Deno.remove(path);
    await annals.stop();
    const { saved } = await annals.event("archive-saved");
    const { level, message } = await annals.event("stopped");
    assertEquals([level, message], [
      "error",
      `Lost since the start: 0 messages. What the archives held is saved in "${saved}"`,
    ]);
    assertEquals(await numbersIn(String(saved), annals.site.hosts[0] ?? ""), numbers(0, 300));
  });
});

/** Removes the folder of the archives, and puts a file in its place. */
async function obstruct(folder: string): Promise<void> {
  await Deno.remove(folder, { recursive: true });
  await Deno.writeTextFile(folder, "");
}

Deno.test("What cannot be saved at once is saved when it can be", async () => {
  await scene(async ({ annals, stream, folder }) => {
    await send(stream, 0, 300);
    await obstruct(folder);
    await send(stream, 300, 310);
    await annals.event("archive-not-saved");
    await Deno.remove(folder);
    const { saved } = await annals.event("archive-saved");
    await annals.kill();
    const kept = await numbersIn(String(saved), annals.site.hosts[0] ?? "");
    assert(kept.length >= 300);
    assertEquals(kept, numbers(0, kept.length));
  });
});

Deno.test("Where what was in vanished files could not be saved, the last line says so", async () => {
  await scene(async ({ annals, stream, folder }) => {
    await send(stream, 0, 300);
    await obstruct(folder);
    await annals.stop();
    const { message } = await annals.event("stopped");
    assertEquals(
      message,
      "Lost since the start: 0 messages. What the archives held is not saved: their files are gone",
    );
  });
});

for (const [what, length] of [["emptied", 0], ["cut off in the middle", 200_000]] as const) {
  Deno.test(`Where the log is ${what} in its place, nothing more is acknowledged into it, and the database stays sound`, async () => {
    await scene(async ({ annals, stream, path, ready }) => {
      await send(stream, 0, 300);
      await Deno.truncate(`${path}-wal`, length);
      await stream.send(numbers(300, 320).map((number) => chat("bob", "alice", `${number}`)).join(""));
      assertMatch((await annals.event("archive-displaced")).message, /cut off/);
      assertMatch((await annals.event("archive-reopened")).message, /^What the log held behind the cut is lost/);
      await annals.event("store-recovered");
      assertEquals((await found(stream)).slice(-20), numbers(300, 320));
      assertEquals(await ready(), [200, "ready\n"]);
      await annals.kill();
      assertEquals((await numbersIn(path, annals.site.hosts[0] ?? "")).slice(-20), numbers(300, 320));
    });
  });
}

const MENDED: readonly [what: string, harm: (path: string) => Promise<void>][] = [
  ["the log is removed", (path) => Deno.remove(`${path}-wal`)],
  ["the log's index is removed", (path) => Deno.remove(`${path}-shm`)],
  ["the log is replaced by that of another database", async (path) => {
    await Deno.copyFile(path, `${path}2`);
    await Deno.writeFile(`${path}2-wal`, (await Deno.readFile(`${path}-wal`)).fill(0xa5, 5000));
    await Deno.rename(`${path}2-wal`, `${path}-wal`);
  }],
];

for (const [what, harm] of MENDED) {
  Deno.test(`Where ${what}, the database gets all that was in it, and the service goes on`, async () => {
    await scene(async ({ annals, stream, path, ready }) => {
      await send(stream, 0, 300);
      await harm(path);
      await send(stream, 300, 320);
      await annals.event("archive-displaced");
      await annals.event("archive-reopened");
      await annals.event("store-recovered");
      assertEquals(await found(stream), numbers(0, 320));
      assertEquals(await ready(), [200, "ready\n"]);
      await send(stream, 320, 340);
      await annals.kill();
      assertEquals(await numbersIn(path, annals.site.hosts[0] ?? ""), numbers(0, 340));
    });
  });
}
