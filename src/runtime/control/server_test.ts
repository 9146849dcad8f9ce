/** The channel between commands and a service: what is asked, what goes wrong, and that neither side can harm the other. */
import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import type { LogEvent } from "../log_event.ts";
import { createLog } from "../log.ts";
import { ServiceClient, ServiceError } from "./client.ts";
import { type Control, Controls } from "./control.ts";
import { type Patience, startControl } from "./server.ts";
import { connectPrivately, listenPrivately } from "./socket.ts";
import { ControlProtocolError } from "./wire.ts";

const count: Control<number, { counted: number; finished: boolean }, number> = {
  name: "count",
  read(about): number {
    if (typeof about === "number") return about;
    throw new ControlProtocolError("Found no number, expected one");
  },
};

const fail: Control<null, never> = { name: "fail", read: () => null };
const sum: Control<null, number> = { name: "sum", read: () => null };

/** A service that counts, fails and adds, at a socket of its own. */
class Site implements AsyncDisposable {
  readonly #stack = new AsyncDisposableStack();
  readonly events: LogEvent[] = [];
  readonly controls = new Controls();
  /** Resolves when a count was stopped, with how far it came. */
  readonly stopped = Promise.withResolvers<number>();
  uid: number | null = null;

  private constructor(readonly folder: string) {}

  static async make({ patience }: { patience?: Patience } = {}): Promise<Site> {
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
    controls.add(sum, async (_, { parts }) => {
      let total = 0;
      await parts((part) => Promise.resolve(total += Number(part)));
      return total;
    });
    const log = createLog({
      level: "debug",
      format: "text",
      write: () => {},
      hear: (event) => site.events.push(event),
    });
    site.#stack.use(await startControl(site.path, { controls, log, ...patience && { patience } }));
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

  /** Sends bytes as they are, says no more, and reads all that comes back. */
  async raw(bytes: string | Uint8Array<ArrayBuffer>): Promise<string> {
    using wire = await Deno.connect({ transport: "unix", path: this.path });
    try {
      for (let rest = typeof bytes === "string" ? new TextEncoder().encode(bytes) : bytes; rest.length > 0;) {
        rest = rest.subarray(await wire.write(rest));
      }
    } catch (error) {
      if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
    }
    return await new Response(wire.readable).text();
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

Deno.test("Parts are taken one after the other, each answered, until their end", async () => {
  await using site = await Site.make();
  using client = await site.client();
  await client.begin(sum, null);
  assertEquals([await client.part(1), await client.part(20), await client.part(300)], [1, 21, 321]);
  assertEquals(await client.end(), 321);
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
  const gone = await other.client();
  await gone.begin(count, 1e9);
  gone[Symbol.dispose]();
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

const GARBAGE: readonly (readonly [what: string, sent: string | Uint8Array<ArrayBuffer>, error: string])[] = [
  ["no JSON", "hello\n", "Found what is no object of JSON, expected one in a line of UTF-8"],
  ["no UTF-8", new Uint8Array([0x7b, 0xff, 0x7d, 0x0a]), "Found what is no object of JSON"],
  ["an empty line", "\n", "Found what is no object of JSON"],
  ["a list", "[]\n", "Found what is no object of JSON"],
  ["another object", '{"x":1}\n', "Found an object of another kind, expected ask, part or end"],
  ["a part without a request", '{"part":1}\n', "Found something else first, expected a request"],
  [
    "an unknown request",
    '{"ask":"x","about":1}\n',
    "Found a request that nobody answers, expected one of count, fail, sum",
  ],
  ["a request about something else", '{"ask":"count","about":"x"}\n', "Found no number, expected one"],
  ["a request about nothing", '{"ask":"count"}\n', "Found no number, expected one"],
  ["a second request", '{"ask":"sum"}\n{"ask":"sum"}\n', "Found a second request, expected a part or the end"],
  ["a line without an end", "x".repeat(17 * 1024 * 1024), "Found more than 16777216 bytes, expected the line's end"],
  ["brackets", "[".repeat(1_000_000) + "\n", "Found what is no object of JSON"],
];

Deno.test("The name of a request that nobody answers does not reach the log", async () => {
  await using site = await Site.make();
  await site.raw(`{"ask":"${"x".repeat(100_000)}"}\n`);
  assert(JSON.stringify(site.events).length < 1000);
});

for (const [what, sent, error] of GARBAGE) {
  Deno.test(`Whoever sends ${what} gets one error, and the service goes on`, async () => {
    await using site = await Site.make();
    const [line = "", rest] = (await site.raw(sent)).split("\n");
    assertStringIncludes(JSON.parse(line).error, error);
    assertEquals(rest, "");
    assertEquals(site.events.map(({ event }) => event), ["command-malformed"]);
    using client = await site.client();
    assertEquals((await client.ask(count, 3)).counted, 3);
  });
}

Deno.test("Whoever says nothing is not waited for, so nobody can keep a place", async () => {
  await using site = await Site.make({ patience: { ask: 1, part: 1000 } });
  using silent = await Deno.connect({ transport: "unix", path: site.path });
  assertStringIncludes(await new Response(silent.readable).text(), "Found nothing in time, expected a request");
});

Deno.test("More commands at once than a service serves are refused, and served when there is room", async () => {
  await using site = await Site.make();
  const busy = await Promise.all(Array.from({ length: 8 }, async () => {
    const client = await site.client();
    await client.begin(sum, null);
    assertEquals(await client.part(1), 1);
    return client;
  }));
  {
    using client = await site.client();
    await assertRejects(() => client.ask(count, 1), ServiceError, "Found 8 commands at work, expected fewer");
  }
  for (const client of busy) assertEquals(await client.end(), 1);
  for (const client of busy) client[Symbol.dispose]();
  using client = await site.client();
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
  (await listenPrivately(left)).close();
  assertEquals(await connectPrivately(left, site.uid), undefined);
  using again = await listenPrivately(left);
  using wire = await connectPrivately(left, site.uid);
  assert(wire !== undefined);
  assertEquals(await connectPrivately(left, (site.uid ?? 0) + 1), undefined);
  assertEquals(await connectPrivately(`${site.folder}/none`, site.uid), undefined);
  again.close();
  await site[Symbol.asyncDispose]();
  await assertRejects(() => Deno.lstat(site.path), Deno.errors.NotFound);
});

Deno.test("A socket is not made where its name is too long or something else is", async () => {
  const folder = await Deno.makeTempDir({ prefix: "annals-control-" });
  try {
    await assertRejects(() => listenPrivately(`${folder}/${"x".repeat(100)}`), Error, "expected at most 107");
    await Deno.writeTextFile(`${folder}/file`, "kept");
    await assertRejects(() => listenPrivately(`${folder}/file`), Error, "found what is no socket");
    assertEquals(await Deno.readTextFile(`${folder}/file`), "kept");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
