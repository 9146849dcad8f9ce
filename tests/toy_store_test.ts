/**
 * A store is a folder and one line: a toy, added to the list, serves, is configured and is asked for tools like any other.
 *
 * @module
 */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { stringify } from "smol-toml";
import { run } from "../src/cli/run.ts";
import { memoryLog } from "../src/log/log.ts";
import { BUILT_IN } from "../src/plugins/mod.ts";
import { readConfig } from "../src/runtime/load_config.ts";
import { type Runtime, startRuntime } from "../src/runtime/runtime.ts";
import type { AnyBackEnd } from "../src/store/back_end.ts";
import { BACK_ENDS } from "../src/store/mod.ts";
import { FakeSystem } from "./support/fake_system.ts";
import { chat } from "./support/handed_over.ts";
import { ScriptedServer, type ServerStream } from "./support/scripted_server.ts";
import { toy } from "./support/store/toy.ts";

// The line.
(BACK_ENDS as AnyBackEnd[]).push(toy);

async function bodies(stream: ServerStream): Promise<(string | null)[]> {
  return (await stream.archive("alice")).map(({ body }) => body);
}

/** A folder whose configuration has the archives on a shelf of the toy, and a server. */
class Site implements AsyncDisposable {
  readonly server = new ScriptedServer();
  readonly #folder = Deno.makeTempDirSync({ prefix: "annals-toy-" });

  constructor(shelf: string) {
    const { hosts, component: domain, secret, componentPort: port } = this.server.site;
    const storage = { archive2: "toy", toy: { shelf } };
    Deno.writeTextFileSync(this.#file, stringify({ hosts, component: { domain, secret, port }, storage }));
  }

  /** Starts the service. */
  async serve(): Promise<Runtime> {
    const sources = { file: this.#file, env: {}, flags: new Map(), plugins: BUILT_IN };
    const { config, plugins } = await readConfig(sources);
    return await startRuntime(config, plugins, { log: memoryLog() });
  }

  /** Runs a command. */
  async annals(code: number, ...args: string[]): Promise<{ printed: string; errors: readonly string[] }> {
    const system = new FakeSystem();
    assertEquals(await run([...args, "--config", this.#file], system), code, system.errors.join("\n"));
    return system;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.server[Symbol.asyncDispose]();
    await Deno.remove(this.#folder, { recursive: true });
  }

  get #file(): string {
    return `${this.#folder}/config.toml`;
  }
}

Deno.test("A back end of one line serves: messages come in, pages go out, also after a restart", async () => {
  await using site = new Site("served");
  const first = await site.serve();
  const stream = await site.server.welcome();
  await stream.send(chat("bob", "alice", "one") + chat("bob", "alice", "two"));
  assertEquals(await bodies(stream), ["one", "two"]);
  await first.stop();
  const second = await site.serve();
  assertEquals(await bodies(await site.server.welcome()), ["one", "two"]);
  await second.stop();
  const { messages } = JSON.parse((await site.annals(0, "stats", "--json")).printed);
  // Bob has them as well.
  assertEquals(messages, 4);
});

Deno.test("The options of a back end of one line are in the configuration that Annals shows and checks", async () => {
  await using site = new Site("configured");
  const system = new FakeSystem();
  assertEquals(await run(["help", "options"], system), 0);
  assertStringIncludes(system.printed, `"memory" until the exit, "toy" on a shelf.\narchive2 = "sqlite"\n`);
  assertStringIncludes(system.printed, "[storage.toy]\n# Name of the shelf; change it to begin with archives");
  assertStringIncludes((await site.annals(0, "check")).printed, 'shelf = "configured" #');
  assertEquals(
    (await site.annals(78, "check", "--storage.toy.shelf", "")).errors.join(),
    '--storage.toy.shelf: Found "", expected a text that is not empty',
  );
});

Deno.test("A tool that a back end of one line lacks is refused with its own words; one that it has works", async () => {
  await using site = new Site("tools");
  assertStringIncludes((await site.annals(1, "backup", "/tmp/toy")).errors.join(), "A toy is copied by hand");
  assertStringIncludes((await site.annals(1, "restore", "/tmp/toy")).errors.join(), "A toy is put back by hand");
  assertEquals((await site.annals(0, "verify")).printed, "What is in a toy is sound\n");
  assertEquals((await site.annals(0, "compact")).printed, "From 0 bytes to 0 bytes\n");
});
