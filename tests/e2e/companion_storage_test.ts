/**
 * Prosody's module and archives that are not open: nothing is acknowledged, so that nothing is lost whatever happens to Annals
 * and the files, and everything is in its place afterwards.
 */
import { assertEquals, assertMatch } from "@std/assert";
import { run } from "../../src/cli/run.ts";
import { FakeSystem } from "../support/fake_system.ts";
import { openSqliteStore } from "../../src/store/sqlite/mod.ts";
import { Annals } from "../support/annals.ts";
import { archivePage } from "../support/archive.ts";
import { freePorts } from "../support/ports.ts";
import { Client } from "../support/client.ts";
import { startProsody } from "../support/servers/prosody.ts";
import { chat, idOf, settledArchive } from "./companion_stage.ts";
import { AVAILABLE } from "./stage.ts";

const BOB = "bob@example.test";

/** Two people, a server with the module, and an Annals that keeps its archives in `${folder}/data`. */
async function scene(
  play: (
    stage: { folder: string; annals: Annals; say(from: number, to: number): Promise<void>; bob: Client },
  ) => Promise<void>,
  prepare: (folder: string) => Promise<void> = () => Promise.resolve(),
): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "annals-storage-" });
  await prepare(folder);
  await using server = await startProsody({ companion: true, lua: `log = { info = "*console" }` });
  const config = {
    storage: { sqlite: { path: `${folder}/data/archive.sqlite` } },
    metrics: { listen: `127.0.0.1:${freePorts(1)[0]}` },
  };
  await using annals = await Annals.launch(server.site, { companion: true, config });
  await server.line((line) => line.includes("Annals keeps the archives"));
  await using alice = await Client.login(server, "alice");
  await using bob = await Client.login(server, "bob");
  const told = new Map<string, string | undefined>();
  await play({
    folder,
    annals,
    bob,
    async say(from, to): Promise<void> {
      const bodies = Array.from({ length: to - from }, (_, i) => `${from + i}`);
      await alice.send(bodies.map((body) => chat(BOB, body)).join(""));
      for (const body of bodies) told.set(body, idOf(await bob.message(body), BOB));
    },
  });
  const archive = await settledArchive(bob);
  assertEquals(archive.map(({ body, id }) => [body, id]), [...told]);
  await annals.stop();
  await Deno.remove(folder, { recursive: true });
}

function onProsody(name: string, fn: () => Promise<void>): void {
  Deno.test({ name: `Prosody with Annals' module: ${name}`, ignore: !AVAILABLE.has("Prosody"), fn });
}

/** Findings of `annals doctor` of an Annals that is not as it must be. */
async function doctor({ config }: Annals): Promise<string> {
  const system = new FakeSystem();
  assertEquals(await run(["doctor", "--config", config], system), 1);
  return system.printed;
}

/** Puts a file where the folder of the archives is to be. */
async function obstruct(folder: string): Promise<void> {
  await Deno.writeTextFile(`${folder}/data`, "");
}

onProsody("what was sent while the archives could not be opened is there when they can be, without a restart", () => (
  scene(async ({ folder, annals, say, bob }) => {
    await say(0, 100);
    assertEquals((await archivePage(bob, {})).error, "internal-server-error");
    const found = await doctor(annals);
    assertMatch(found, /^FAIL {2}the service is not ready: the archives cannot be opened, /m);
    assertMatch(found, /^FAIL {2}what is connected as \S+ does not have \S+ open: a service that cannot open it, /m);
    await Deno.remove(`${folder}/data`);
    await annals.event("store-opened");
    await say(100, 110);
  }, obstruct)
));

onProsody("nothing was acknowledged while the archives could not be opened: it survives a kill of Annals", () => (
  scene(async ({ folder, annals, say }) => {
    await say(0, 100);
    await annals.kill();
    await Deno.remove(`${folder}/data`);
    await annals.start();
  }, obstruct)
));

onProsody("what was acknowledged before the database vanished is saved, and what came after comes again", () => (
  scene(async ({ folder, annals, say, bob }) => {
    await say(0, 100);
    await settledArchive(bob);
    await Deno.remove(`${folder}/data`, { recursive: true });
    await say(100, 200);
    const { saved } = await annals.event("archive-saved");
    assertMatch(await doctor(annals), /^FAIL {2}the service is not ready: .*were removed or replaced$/m);
    await annals.kill();
    const system = new FakeSystem();
    assertEquals(await run(["restore", `${saved}`, "--yes", "--config", annals.config], system), 0);
    assertMatch(system.printed, /^Restored: \d+ messages in 2 archives/);
    await annals.start();
  })
));

onProsody(
  "what another database took the place of is put back beside the service, and what came after comes again",
  () => (
    scene(async ({ folder, annals, say, bob }) => {
      const path = `${folder}/data/archive.sqlite`;
      await say(0, 100);
      await settledArchive(bob);
      await (await openSqliteStore({ path: `${path}2` }))[Symbol.asyncDispose]();
      await Deno.rename(`${path}2`, path);
      await say(100, 200);
      const { saved } = await annals.event("archive-saved");
      assertMatch(await doctor(annals), /^FAIL {2}the archives take nothing: messages wait$/m);
      const system = new FakeSystem();
      assertEquals(await run(["restore", `${saved}`, "--yes", "--config", annals.config], system), 0);
      await annals.event("restored");
    })
  ),
);
