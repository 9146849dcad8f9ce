import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import type { Config } from "../config/config.ts";
import { ConfigError } from "../config/problem.ts";
import type { Runtime, startRuntime } from "../runtime/runtime.ts";
import { NotifySocket } from "../../tests/support/notify_socket.ts";
import { FakeSystem } from "../../tests/support/fake_system.ts";
import { serveWith } from "./serve.ts";

const TEXT = `hosts = ["example.org"]
component = { domain = "archive.example.org", secret = "x" }
max_archive_query_results = 50
`;

/** A runtime that does nothing, and tells what was asked of it. */
class FakeRuntime implements Runtime {
  readonly reloaded: Config[] = [];
  stopped = 0;
  readonly #finished = Promise.withResolvers<void>();
  readonly finished = this.#finished.promise;

  /** Fails, as when the server refuses the secret. */
  fail(error: Error): void {
    this.#finished.reject(error);
  }

  reload(config: Config): Promise<void> {
    this.reloaded.push(config);
    return Promise.resolve();
  }

  stop(): Promise<void> {
    this.stopped += 1;
    return Promise.resolve();
  }
}

interface ServedOptions {
  readonly start?: typeof startRuntime;
  readonly grace?: number;
  readonly env?: Readonly<Record<string, string>>;
}

/** `annals serve` on a file of its own, with a runtime that only seems to be one. */
class Served implements AsyncDisposable {
  readonly system: FakeSystem;
  readonly runtime = new FakeRuntime();
  /** The exit code, once it has ended. */
  readonly code: Promise<number>;

  private constructor(readonly file: string, { start, grace, env }: ServedOptions) {
    this.system = new FakeSystem(env);
    const invocation = { words: [], file, flags: new Map([["log.format", "json"]]) };
    const starting = start ?? ((): Promise<Runtime> => Promise.resolve(this.runtime));
    this.code = serveWith(starting, invocation, this.system, grace === undefined ? {} : { grace });
  }

  static async run(options: ServedOptions = {}): Promise<Served> {
    const file = await Deno.makeTempFile({ suffix: ".toml" });
    await Deno.writeTextFile(file, TEXT);
    const served = new Served(file, options);
    // Only then has the file been read, and may be written.
    await served.event("starting");
    return served;
  }

  /** The first line of the log with this event. */
  async event(name: string): Promise<Record<string, unknown>> {
    return JSON.parse(await this.system.error(new RegExp(`"event":"${name}"`)));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.file);
  }
}

for (const signal of ["SIGTERM", "SIGINT"] as const) {
  Deno.test(`${signal} stops the runtime, and the exit code is 0`, async () => {
    await using served = await Served.run();
    await served.system.signal(signal);
    assertEquals(await served.code, 0);
    assertEquals(served.runtime.stopped, 1);
    assertEquals(served.system.listeners.size, 0);
  });
}

Deno.test("A service manager is told when the stores are open, and that Annals stops", async () => {
  await using socket = await NotifySocket.open();
  const started = Promise.withResolvers<Runtime>();
  await using served = await Served.run({ start: () => started.promise, env: socket.env });
  assertEquals(socket.told, []);
  started.resolve(served.runtime);
  const index = await socket.until("READY=1");
  await served.system.signal("SIGTERM");
  await socket.until("STOPPING=1", index);
  assertEquals(await served.code, 0);
});

Deno.test("A service manager is not told that Annals is ready when it cannot start", async () => {
  await using socket = await NotifySocket.open();
  const start = (): Promise<Runtime> => Promise.reject(new Error("Cannot open the archive"));
  await using served = await Served.run({ start, env: socket.env });
  await socket.until("STOPPING=1");
  assertEquals(await served.code, 1);
  assertEquals(socket.told, ["STOPPING=1"]);
});

Deno.test("A second signal ends at once what will not stop", async () => {
  await using served = await Served.run();
  served.runtime.stop = () => new Promise(() => {});
  await served.system.signal("SIGTERM");
  await served.event("stopping");
  await served.system.signal("SIGINT");
  assertEquals(await served.code, 130);
});

Deno.test("What will not stop in time is ended all the same", async () => {
  await using served = await Served.run({ grace: 0 });
  served.runtime.stop = () => new Promise(() => {});
  await served.system.signal("SIGTERM");
  assertEquals(await served.code, 1);
  assertEquals((await served.event("stop-late")).level, "error");
});

/** A runtime whose archives are being saved, and that stops when that is done; `saved` tells how far it has come. */
function savingRuntime(runtime: FakeRuntime): { start: typeof startRuntime; saved: (share: number) => void } {
  const done = Promise.withResolvers<void>();
  let saving: (share: number) => void = () => {};
  runtime.stop = () => done.promise;
  return {
    start: (_config, _plugins, options) => {
      saving = options.saving ?? saving;
      return Promise.resolve(runtime);
    },
    saved(share): void {
      saving(share);
      if (share === 1) done.resolve();
    },
  };
}

Deno.test("A stop waits while archives are saved whose files are gone, and asks the service manager for more time", async () => {
  await using socket = await NotifySocket.open();
  const { start, saved } = savingRuntime(new FakeRuntime());
  await using served = await Served.run({ start, env: socket.env, grace: 0 });
  await socket.until("READY=1");
  saved(0.1);
  await served.system.signal("SIGTERM");
  await socket.until("EXTEND_TIMEOUT_USEC=70000000");
  saved(0.9);
  saved(1);
  assertEquals(await served.code, 0);
});

Deno.test("A second signal ends the saving of archives, and says what is lost", async () => {
  const { start, saved } = savingRuntime(new FakeRuntime());
  await using served = await Served.run({ start });
  saved(0.425);
  await served.system.signal("SIGTERM");
  await served.event("stopping");
  await served.system.signal("SIGTERM");
  assertEquals(await served.code, 130);
  assertEquals(
    (await served.event("stop-cut-off")).message,
    "Ends at once, as it was told to. What the archives held is lost: their files are gone, and 42 % was saved",
  );
});

Deno.test("What cannot stop cleanly says so", async () => {
  await using served = await Served.run();
  served.runtime.stop = () => Promise.reject(new Error("The disk is full"));
  await served.system.signal("SIGTERM");
  assertEquals(await served.code, 1);
  assertEquals((await served.event("stop-failed")).error, "Error: The disk is full");
});

Deno.test("A signal that comes during the start stops what is started", async () => {
  const started = Promise.withResolvers<Runtime>();
  await using served = await Served.run({ start: () => started.promise });
  await served.system.signal("SIGTERM");
  await served.event("stopping");
  started.resolve(served.runtime);
  assertEquals(await served.code, 0);
  assertEquals(served.runtime.stopped, 1);
});

Deno.test("An error that it cannot go on after is logged with its causes, and the exit code is 1", async () => {
  await using served = await Served.run();
  await served.system.signal("SIGHUP");
  served.runtime.fail(new Error("Cannot connect", { cause: new Error("not-authorized") }));
  assertEquals(await served.code, 1);
  assertEquals((await served.event("fatal")).error, "Error: Cannot connect; caused by Error: not-authorized");
  assertEquals(served.runtime.stopped, 1);
});

Deno.test("So is an error of the start", async () => {
  await using served = await Served.run({ start: () => Promise.reject(new Error("Cannot open the archive")) });
  assertEquals(await served.code, 1);
  assertEquals((await served.event("fatal")).error, "Error: Cannot open the archive");
});

Deno.test("A wrong configuration is refused before anything starts", async () => {
  const start = (): Promise<Runtime> => Promise.reject(new Error("Started"));
  const invocation = { words: [], file: "/nowhere/config.toml", flags: new Map() };
  await assertRejects(() => serveWith(start, invocation, new FakeSystem()), ConfigError);
});

Deno.test("SIGHUP puts into force what can change, and names what waits for a restart", async () => {
  await using served = await Served.run();
  const changed = TEXT.replace("50", "100") + 'storage.archive2 = "memory"\nlog.level = "warn"\n';
  await Deno.writeTextFile(served.file, changed);
  await served.system.signal("SIGHUP");
  const { applied, needs_restart } = await served.event("config-reloaded");
  assertEquals(applied, ["max_archive_query_results", "log.level"]);
  assertEquals(needs_restart, ["storage.archive2"]);
  assertEquals(served.runtime.reloaded.map(({ plugins }) => plugins.mam?.max_archive_query_results), [100]);
  assertEquals(served.runtime.reloaded.map(({ storage }) => storage.archive2), ["sqlite"]);
  await served.system.signal("SIGTERM");
  await served.code;
});

Deno.test("SIGHUP with a broken file keeps the old values, and logs the problems", async () => {
  await using served = await Served.run();
  await Deno.writeTextFile(served.file, TEXT.replace("50", "0"));
  await served.system.signal("SIGHUP");
  const { message } = await served.event("config-rejected");
  assertMatch(String(message), /:3: max_archive_query_results: Found 0, expected an integer from 1/);
  await served.event("reload-failed");
  assertEquals(served.runtime.reloaded, []);
  await served.system.signal("SIGTERM");
  assertEquals(await served.code, 0);
});

Deno.test("A reload after a broken one works again", async () => {
  await using served = await Served.run();
  await Deno.writeTextFile(served.file, "hosts = [");
  await served.system.signal("SIGHUP");
  await served.event("reload-failed");
  await Deno.writeTextFile(served.file, TEXT.replace("50", "100"));
  await served.system.signal("SIGHUP");
  assertEquals((await served.event("config-reloaded")).applied, ["max_archive_query_results"]);
  await served.system.signal("SIGTERM");
  assertEquals(await served.code, 0);
});
