/** Commands that change the archives, beside the service that has them open and while people talk. */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { FakeSystem } from "../support/fake_system.ts";
import { run } from "../../src/cli/run.ts";
import { parseArchiveId } from "../../src/store/id.ts";
import { openSqliteReader } from "../../src/store/sqlite/mod.ts";
import { verifyArchive } from "../../src/store/sqlite/verify.ts";
import type { Annals } from "../support/annals.ts";
import { archivePage, NS_MAM } from "../support/archive.ts";
import type { Client } from "../support/client.ts";
import { Process } from "../support/process.ts";
import { chat, idOf, onCompanion, type Scene, settledArchive } from "./companion_stage.ts";

const MAIN = new URL("../../main.ts", import.meta.url).pathname;

/** Messages of Carol's that come from elsewhere. */
const MESSAGES = 6000;
const CAROL = "carol@example.test";

/** Runs a command, and expects it to end so. */
async function command(annals: Annals, code: number, ...args: string[]): Promise<FakeSystem> {
  const system = new FakeSystem();
  assertEquals(await run([...args, "--config", annals.config], system), code, system.errors.join("\n"));
  return system;
}

/** An export of Carol's, of a year ago. */
async function exported({ folder }: Annals): Promise<string> {
  const began = Date.now() - 365 * 86_400_000;
  const lines = Array.from({ length: MESSAGES }, (_, at) => ({
    owner: CAROL,
    id: `from-elsewhere-${at}`,
    time: new Date(began + at * 1000).toISOString(),
    with: "alice@example.test",
    stanza: `<message xmlns='jabber:client' to='alice@example.test' type='chat'><body>Long ago ${at}</body></message>`,
  }));
  const path = `${folder}/carol.jsonl`;
  await Deno.writeTextFile(path, lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
  return path;
}

async function held(annals: Annals): Promise<number> {
  await using reader = openSqliteReader(`${annals.folder}/data/archive2.sqlite`);
  return Number(await reader.count(CAROL, {}));
}

/** Alice says one thing after the other to Bob, who notes the archive id that each carries. */
class Talk implements AsyncDisposable {
  /** In the order in which they were heard. */
  readonly heard = new Map<string, string>();
  #over = false;
  readonly #talking: Promise<void>;

  constructor(alice: Client, bob: Client) {
    this.#talking = this.#talk(alice, bob);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#over = true;
    await this.#talking;
  }

  async #talk(alice: Client, bob: Client): Promise<void> {
    for (let said = 0; !this.#over; said++) {
      await alice.send(chat(bob.account, `${said}`));
      this.heard.set(`${said}`, idOf(await bob.message(`${said}`), bob.account) ?? "");
    }
  }
}

/** Waits until everything that was said so far is in the archive. */
async function settle(reader: Client): Promise<void> {
  await settledArchive(reader);
}

onCompanion(
  "all that changes archives is done by the running service, and nobody who talks loses a message",
  async (scene) => {
    const { annals } = scene;
    const [alice, bob, reader] = [await scene.enter("alice"), await scene.enter("bob"), await scene.enter("bob")];
    const talk = new Talk(alice, bob);
    const file = await exported(annals);
    const backup = `${annals.folder}/backup.sqlite`;
    const keep = ["--archive_expires_after", "never"];
    let [before, after]: [string[], string[]] = [[], []];
    {
      await using _talk = talk;
      const taken = await command(annals, 0, "import", "--from", "jsonl", file, "--json");
      assertEquals(JSON.parse(taken.printed).messages, { taken: MESSAGES, held: 0 });
      const swept = await command(annals, 0, "sweep", ...keep, "--archive_max_messages", "5000", "--json");
      assertEquals(JSON.parse(swept.printed).removed >= 1000, true);
      assertEquals(await held(annals), 5000);
      before = [...talk.heard.keys()];
      await settle(reader);
      await command(annals, 0, "backup", backup);
      const purges = ["purge", "--user", CAROL, "--yes", "--json"];
      const both = await Promise.all([command(annals, 0, ...purges), command(annals, 0, "compact")]);
      assertEquals(JSON.parse(both[0].printed), { deleted: 5000 });
      assertEquals(await held(annals), 0);
      const connected = annals.lines.filter((line) => line.includes('"stream-connected"')).length;
      await command(annals, 0, "restore", backup, "--yes");
      const since = talk.heard.size;
      assertEquals(await held(annals), 5000);
      await bob.settle();
      assertEquals(annals.lines.filter((line) => line.includes('"stream-connected"')).length, connected);
      while (talk.heard.size < since + 100) await alice.settle();
      after = [...talk.heard.keys()].slice(since);
    }
    const archive = await settledArchive(reader);
    const places = new Map(archive.map(({ id, body }) => [body ?? "", id]));
    assertEquals(places.size, archive.length);
    // What was said between the backup and its return went with what it replaced.
    assertEquals([...before, ...after].filter((body) => places.get(body) !== talk.heard.get(body)), []);
    const numbers = [...talk.heard.values()].map((id) => parseArchiveId(id)?.number ?? NaN);
    assertEquals(numbers.toSorted((a, b) => a - b), numbers);
    const told = annals.lines.filter((line) => /"(imported|sweep|purged|compacted|restored)"/.test(line));
    for (const event of ["imported", "sweep", "purged", "compacted", "restored"]) {
      assert(told.some((line) => JSON.parse(line).event === event), event);
    }
    assertEquals(annals.lines.filter((line) => line.includes("Long ago")), []);
    await annals.stop();
    assertEquals(verifyArchive(`${annals.folder}/data/archive2.sqlite`), []);
  },
);

onCompanion("a purge beside the service takes preferences along, there and in the server's module", async (scene) => {
  const { annals } = scene;
  const [alice, bob] = [await scene.enter("alice"), await scene.enter("bob")];
  await bob.request("set", `<prefs xmlns='${NS_MAM}' default='never'><always/><never/></prefs>`);
  await alice.send(chat(bob.account, "unwanted"));
  assertEquals(idOf(await bob.message("unwanted"), bob.account), undefined);
  await command(annals, 0, "purge", "--user", bob.account, "--yes");
  // The answer comes on the stream that the module is told on, and after that.
  await archivePage(bob);
  await alice.send(chat(bob.account, "wanted"));
  assert(idOf(await bob.message("wanted"), bob.account) !== undefined);
  const archive = await settledArchive(bob);
  assertEquals(archive.map(({ body }) => body), ["wanted"]);
});

/** Begins to purge Carol's archive, and calls back as soon as something has gone. */
async function purgeUntil(scene: Scene, begun: (system: FakeSystem) => unknown): Promise<[number, FakeSystem]> {
  const { annals } = scene;
  await command(annals, 0, "import", "--from", "jsonl", await exported(annals));
  const system = new FakeSystem();
  system.watched = true;
  const happened = system.error(/\r\d+ of/).then(() => begun(system));
  const code = await run(["purge", "--user", CAROL, "--yes", "--json", "--config", annals.config], system);
  await happened;
  return [code, system];
}

onCompanion("Ctrl-C ends what the service does for a command", async (scene) => {
  const [code, system] = await purgeUntil(scene, (system) => system.signal("SIGINT"));
  assertEquals(code, 130);
  const { deleted } = JSON.parse(system.printed);
  assertEquals(await held(scene.annals), MESSAGES - deleted);
  const { finished } = await scene.annals.event("purged");
  assertEquals([finished, deleted < MESSAGES], [false, true]);
});

onCompanion(
  "A service that is killed in the middle leaves a command that says so, and can be repeated",
  async (scene) => {
    const { annals } = scene;
    const [code, system] = await purgeUntil(scene, () => annals.kill());
    assertEquals(code, 1);
    assertStringIncludes(system.errors.join("\n"), "The service ended before this was done; do it again");
    // The socket that it left is nobody's.
    await command(annals, 0, "sweep", "--archive_expires_after", "never");
    assert(await held(annals) > 0);
    await annals.start();
    await command(annals, 0, "purge", "--user", CAROL, "--yes");
    assertEquals(await held(annals), 0);
    assertEquals(verifyArchive(`${annals.folder}/data/archive2.sqlite`), []);
  },
  // The sweep of the next start would take what is left, and the purge would find nothing.
  { config: { archive_expires_after: "never" } },
);

onCompanion(
  "A command that is killed in the middle ends what the service does for it, and can be repeated",
  async (scene) => {
    const { annals } = scene;
    const args = ["import", "--from", "jsonl", await exported(annals), "--config", annals.config];
    using watcher = Deno.watchFs(`${annals.folder}/data`);
    await using killed = new Process(Deno.execPath(), { args: ["run", "-A", MAIN, ...args] });
    for await (const { paths } of watcher) {
      if (!paths.some((path) => path.endsWith("-wal"))) continue;
      await killed.kill();
      break;
    }
    await annals.event("import-cut-off");
    const again = JSON.parse((await command(annals, 0, ...args.slice(0, 4), "--json")).printed).messages;
    assertEquals(again.taken + again.held, MESSAGES);
    assertEquals(await held(annals), MESSAGES);
  },
);

/** The answer where a connection is reset instead. */
function ofReset(error: unknown): string {
  if (error instanceof Deno.errors.ConnectionReset) return "";
  throw error;
}

onCompanion("Garbage at the socket harms nobody", async (scene) => {
  const { annals } = scene;
  const path = `${annals.folder}/data/archive2.sqlite-control`;
  assertEquals(((await Deno.lstat(path)).mode ?? 0) & 0o777, 0o600);
  const idle = await Promise.all(Array.from({ length: 6 }, () => Deno.connect({ transport: "unix", path })));
  for (
    const garbage of [
      "GET / HTTP/1.1\r\n\r\n",
      "\0\0\n",
      'POST /purge HTTP/1.1\r\nHost: annals\r\nConnection: close\r\nContent-Length: 22\r\n\r\n{"user":1,"filter":{}}',
      "{".repeat(1e5),
    ]
  ) {
    using wire = await Deno.connect({ transport: "unix", path });
    await wire.write(new TextEncoder().encode(garbage));
    await wire.closeWrite();
    const answer = await new Response(wire.readable).text().catch(ofReset);
    assertMatch(answer, /^$|^HTTP\/1\.1 400 |\n\{"error":"Found [^\n]*\}\r?\n/);
  }
  const alice = await scene.enter("alice");
  await alice.send(chat(alice.account, "still here"));
  await alice.settle();
  while ((await archivePage(alice)).messages.length === 0);
  await command(annals, 0, "purge", "--user", alice.account, "--yes");
  for (const wire of idle) wire.close();
});
