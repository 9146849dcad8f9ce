/** Requests of commands to a service: answers, failures, and that neither side can harm the other. */
import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import type { LogEvent } from "../../log/log_event.ts";
import { createLog } from "../../log/log.ts";
import { ServiceClient, ServiceError } from "./client.ts";
import { type Control, ControlError, Controls } from "./control.ts";
import { startControl } from "./server.ts";
import { isListening, listenPrivately } from "./socket.ts";

const count: Control<number, { counted: number; finished: boolean }, number> = {
  name: "count",
  read(about): number {
    if (typeof about === "number") return about;
    throw new ControlError("Found no number, expected one");
  },
};

const fail: Control<null, never> = { name: "fail", read: () => null };
const wait: Control<null, null, null> = { name: "wait", read: () => null };

/** A service that counts, fails and waits, at a socket of its own. */
class Site implements AsyncDisposable {
  readonly #stack = new AsyncDisposableStack();
  readonly events: LogEvent[] = [];
  readonly controls = new Controls();
  /** Resolves when a count was stopped, with how far it came. */
  readonly stopped = Promise.withResolvers<number>();
  /** Resolves the requests that wait. */
  readonly waited = Promise.withResolvers<null>();
  uid: number | null = null;

  private constructor(readonly folder: string) {}

  static async make({ patience }: { patience?: number } = {}): Promise<Site> {
    const site = new Site(await Deno.makeTempDir({ prefix: "annals-control-" }));
    const { controls } = site;
    site.#stack.defer(() => Deno.remove(site.folder, { recursive: true }));
    controls.add(count, async (most, { signal, progress }) => {
      let counted = 0;
      for (; counted < most && !signal.aborted; counted++) {
        progress(counted);
        await new Promise((resolve) => setTimeout(resolve));
      }
      if (signal.aborted) site.stopped.resolve(counted);
      return { counted, finished: !signal.aborted };
    });
    controls.add(fail, () => {
      throw new RangeError("Cannot do it", { cause: new Error("Out of luck") });
    });
    controls.add(wait, async (_, { progress }) => {
      progress(null);
      return await site.waited.promise;
    });
    const log = createLog({
      level: "debug",
      format: "text",
      write: () => {},
      hear: (event) => site.events.push(event),
    });
    site.#stack.use(await startControl(site.path, { controls, log, ...patience !== undefined && { patience } }));
    site.uid = (await Deno.lstat(site.path)).uid;
    return site;
  }

  get path(): string {
    return `${this.folder}/archive-control`;
  }

  async client(): Promise<ServiceClient> {
    const client = await ServiceClient.connect(this.path, this.uid);
    if (client === undefined) throw new Error(`Cannot connect to ${this.path}`);
    return client;
  }

  /** Posts a body as it is; returns the status and the first line of the answer. */
  async post(name: string, body: BodyInit): Promise<{ status: number; error: string }> {
    using client = Deno.createHttpClient({ proxy: { transport: "unix", path: this.path } });
    const response = await fetch(`http://annals/${name}?request=1`, { method: "POST", body, client });
    return { status: response.status, error: JSON.parse(await response.text()).error };
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#stack.disposeAsync();
  }
}

Deno.test("A service answers what it is asked, and tells how far it has come", async () => {
  await using site = await Site.make();
  const seen: number[] = [];
  using client = await site.client();
  assertEquals(await client.ask(count, 100, { progress: (at) => seen.push(at) }), { counted: 100, finished: true });
  assertEquals(seen[0], 0);
  assertEquals(seen.toSorted((a, b) => a - b), seen);
});

Deno.test("A failure comes with its name and its causes, as if the command had met with it", async () => {
  await using site = await Site.make();
  using client = await site.client();
  const error = await assertRejects(() => client.ask(fail, null), ServiceError);
  assertEquals([error.name, error.message], ["RangeError", "Cannot do it; caused by Error: Out of luck"]);
  assertEquals(site.events.map(({ event }) => event), ["command-failed"]);
});

Deno.test("What a command wants no more ends at the next step, and is the result; also when the command is gone", async () => {
  await using site = await Site.make();
  const interrupt = new AbortController();
  using client = await site.client();
  const result = await client.ask(count, 1e9, {
    signal: interrupt.signal,
    progress: () => interrupt.abort(),
  });
  assertEquals([result.finished, result.counted], [false, await site.stopped.promise]);

  await using other = await Site.make();
  const wire = await Deno.connect({ transport: "unix", path: other.path });
  const request = "POST /count?request=1 HTTP/1.1\r\nHost: annals\r\nContent-Length: 3\r\n\r\n1e9";
  await wire.write(new TextEncoder().encode(request));
  await wire.read(new Uint8Array(1));
  wire.close();
  await other.stopped.promise;
});

Deno.test("A service that stops ends what is under way, and answers it", async () => {
  const site = await Site.make();
  using client = await site.client();
  let stopping: Promise<void> | undefined;
  const result = await client.ask(count, 1e9, { progress: () => stopping ??= site[Symbol.asyncDispose]() });
  assertEquals(result.finished, false);
  await stopping;
});

const GARBAGE: readonly (readonly [what: string, name: string, body: BodyInit, error: string])[] = [
  ["no JSON", "count", "hello", "Found a body that is not JSON, expected JSON in UTF-8"],
  ["no UTF-8", "count", new Uint8Array([0x22, 0xff, 0x22]), "Found a body that is not UTF-8"],
  ["nothing", "count", "", "Found a body that is not JSON"],
  ["brackets", "count", "[".repeat(1_000_000), "Found a body that is not JSON"],
  ["an unknown request", "x", "1", "Found a request that nobody answers, expected one of count, fail, wait"],
  ["a question of another kind", "count", '"x"', "Found no number, expected one"],
  ["a question without an end", "count", "x".repeat(17 * 1024 * 1024), "Found more than 16777216 bytes"],
];

for (const [what, name, body, error] of GARBAGE) {
  Deno.test(`A service answers ${what} with one error, and goes on`, async () => {
    await using site = await Site.make();
    assertStringIncludes((await site.post(name, body)).error, error);
    assertEquals(site.events.map(({ event }) => event), ["command-malformed"]);
    using client = await site.client();
    assertEquals((await client.ask(count, 3)).counted, 3);
  });
}

Deno.test("The name of a request that nobody answers does not reach the log", async () => {
  await using site = await Site.make();
  await site.post("x".repeat(10_000), "1");
  assert(JSON.stringify(site.events).length < 1000);
});

Deno.test("A service does not wait for the rest of a question, nor for whoever says nothing", async () => {
  const site = await Site.make({ patience: 1 });
  const body = new TransformStream<Uint8Array, Uint8Array>().readable;
  const { status, error } = await site.post("count", body);
  assertEquals([status, error], [400, "Found no whole question in time"]);
  using _silent = await Deno.connect({ transport: "unix", path: site.path });
  await site[Symbol.asyncDispose]();
});

Deno.test("More commands at once than a service serves are refused, and served when there is room", async () => {
  await using site = await Site.make();
  using client = await site.client();
  const started = Array.from({ length: 8 }, () => Promise.withResolvers<null>());
  const waiting = started.map(({ resolve }) => client.ask(wait, null, { progress: resolve }));
  await Promise.all(started.map(({ promise }) => promise));
  await assertRejects(() => client.ask(count, 1), ServiceError, "Found 8 commands at work, expected fewer");
  site.waited.resolve(null);
  await Promise.all(waiting);
  assertEquals((await client.ask(count, 1)).counted, 1);
});

Deno.test("Two takers of one command fail the start, and one that has been taken back can be given again", () => {
  const controls = new Controls();
  const undo = controls.add(fail, () => null as never);
  assertEquals(controls.names, ["fail"]);
  let error: unknown;
  try {
    controls.add(fail, () => null as never);
  } catch (thrown) {
    error = thrown;
  }
  assertStringIncludes(String(error), 'Found two takers of the command "fail"');
  undo();
  assertEquals(controls.names, []);
});

Deno.test("A socket is its owner's alone, takes the place of one that was left, and is gone in the end", async () => {
  const site = await Site.make();
  const { mode, isSocket } = await Deno.lstat(site.path);
  assertEquals([(mode ?? 0) & 0o777, isSocket], [0o600, true]);
  assertEquals(await Array.fromAsync(Deno.readDir(site.folder), ({ name }) => name), ["archive-control"]);

  const left = `${site.folder}/left-control`;
  Deno.listen({ transport: "unix", path: left }).close();
  assertEquals(await isListening(left, site.uid), false);
  const again = await listenPrivately(left, serveNothing);
  assertEquals(await isListening(left, site.uid), true);
  assertEquals(await isListening(left, (site.uid ?? 0) + 1), false);
  assertEquals(await isListening(`${site.folder}/none`, site.uid), false);
  await again.shutdown();
  await site[Symbol.asyncDispose]();
  await assertRejects(() => Deno.lstat(site.path), Deno.errors.NotFound);
});

function ignore(): void {}

function serveNothing(path: string): Deno.HttpServer<Deno.UnixAddr> {
  return Deno.serve({ path, onListen: ignore }, () => new Response());
}

Deno.test("A socket is not made where its name is too long or something else is", async () => {
  const folder = await Deno.makeTempDir({ prefix: "annals-control-" });
  try {
    await assertRejects(
      () => listenPrivately(`${folder}/${"x".repeat(100)}`, serveNothing),
      Error,
      "expected at most 107",
    );
    await Deno.writeTextFile(`${folder}/file`, "kept");
    await assertRejects(
      () => listenPrivately(`${folder}/file`, serveNothing),
      Error,
      "found a file that is not a socket",
    );
    assertEquals(await Deno.readTextFile(`${folder}/file`), "kept");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
