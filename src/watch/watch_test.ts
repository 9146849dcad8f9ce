import { assertEquals, assertMatch, assertRejects, assertThrows } from "@std/assert";
import { BUILT_IN } from "../plugins/mod.ts";
import { loadConfig } from "../runtime/load_config.ts";
import { memoryLog } from "../log/log.ts";
import { startRuntime } from "../runtime/runtime.ts";
import { Metrics } from "./metrics.ts";
import { startWatch } from "./watch.ts";

const ANYWHERE = { hostname: "127.0.0.1", port: 0 };

/** Returns the address that it logged. */
function urlIn(log: ReturnType<typeof memoryLog>): string {
  return String(log.events.find(({ event }) => event === "watchable")?.fields.url);
}

async function look(
  url: string,
  accept = "text/plain",
): Promise<{ status: number; type: string | null; text: string }> {
  const response = await fetch(url, { headers: { accept } });
  return { status: response.status, type: response.headers.get("content-type"), text: await response.text() };
}

Deno.test("startWatch() answers at the address that it logs, until it is disposed of", async () => {
  const log = memoryLog();
  const metrics = new Metrics();
  const watching = startWatch(ANYWHERE, { metrics, log });
  const url = urlIn(log);
  assertMatch(url, /^http:\/\/127\.0\.0\.1:\d+\/$/);
  assertEquals(await look(`${url}healthz`), { status: 200, type: "text/plain; charset=utf-8", text: "alive\n" });
  assertEquals((await look(`${url}readyz`)).status, 503);
  await watching[Symbol.asyncDispose]();
  await assertRejects(() => fetch(url), TypeError);
  assertEquals([...metrics], []);
});

Deno.test("startWatch() throws where somebody listens already", async () => {
  const log = memoryLog();
  await using _first = startWatch(ANYWHERE, { metrics: new Metrics(), log });
  const { hostname, port } = new URL(urlIn(log));
  const metrics = new Metrics();
  const error = assertThrows(
    () => startWatch({ hostname, port: Number(port) }, { metrics, log }),
    Error,
    `Cannot listen at http://${hostname}:${port}/ (metrics.listen)`,
  );
  assertEquals((error.cause as Error).name, "AddrInUse");
  assertEquals([...metrics], []);
});

Deno.test("startWatch() answers 500 where a metric cannot be read, says so in the log, and lives on", async () => {
  const log = memoryLog();
  const metrics = new Metrics();
  metrics.add({
    name: "annals_bad",
    help: "Fails",
    type: "gauge",
    read(): number {
      throw new Error("it is broken");
    },
  });
  await using _watching = startWatch(ANYWHERE, { metrics, log });
  const { status, text } = await look(`${urlIn(log)}metrics`);
  assertEquals([status, text.includes("broken")], [500, false]);
  assertEquals(log.events.at(-1)?.event, "look-failed");
  assertEquals((await look(`${urlIn(log)}healthz`)).status, 200);
});

Deno.test("The metrics of a whole Annals are OpenMetrics to who asks for it, and name nobody", async () => {
  const { config, plugins } = await loadConfig({
    file: "annals.toml",
    text: `
      hosts = ["capulet.example"]
      component = { domain = "archive.capulet.example", secret = "s3cret", port = 1 }
      storage.archive2 = "memory"
      metrics.listen = "127.0.0.1:0"`,
    env: {},
    flags: new Map(),
    plugins: BUILT_IN,
  });
  const log = memoryLog();
  const runtime = await startRuntime(config, plugins, { log });
  const { status, type, text } = await look(`${urlIn(log)}metrics`, "application/openmetrics-text");
  const page = await look(urlIn(log));
  await runtime.stop();
  assertEquals([status, type], [200, "application/openmetrics-text; version=1.0.0; charset=utf-8"]);
  assertMatch(text, /^annals_messages_stored_total 0$/m);
  assertMatch(text, /\n# EOF\n$/);
  assertEquals([page.status, page.type], [200, "text/html; charset=utf-8"]);
  for (const each of [text, page.text]) assertEquals(/capulet|s3cret/.test(each), false);
});

Deno.test("A service that waits for its database says that its archives are not open", async () => {
  const { config, plugins } = await loadConfig({
    file: "annals.toml",
    text: `
      hosts = ["capulet.example"]
      component = { domain = "archive.capulet.example", secret = "s3cret", port = 1 }
      storage = { archive2 = "postgresql", postgresql.url = "postgresql://annals@127.0.0.1:1/annals" }
      metrics.listen = "127.0.0.1:0"`,
    env: {},
    flags: new Map(),
    plugins: BUILT_IN,
  });
  const [givenUp, waits] = [new AbortController(), Promise.withResolvers<void>()];
  const memory = memoryLog();
  const log = { ...memory, error: () => waits.resolve() };
  const starting = assertRejects(() => startRuntime(config, plugins, { log, signal: givenUp.signal }));
  await waits.promise;
  const { status, text } = await look(`${urlIn(memory)}readyz`);
  givenUp.abort();
  await starting;
  assertEquals([status, text], [503, "the archives are not open yet\n"]);
});
