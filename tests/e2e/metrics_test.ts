import { assertEquals, assertMatch } from "@std/assert";
import { wholeArchive } from "../support/archive.ts";
import { canBeHad } from "../support/servers/available.ts";
import { onEachServer, type Stage } from "./stage.ts";

const PROMTOOL = await canBeHad("promtool");

onEachServer("what operators look at tells what happens, and never who says what", async (stage, t) => {
  const { url } = await stage.annals.event("watchable");
  const [alice, bob] = [await stage.enter("alice"), await stage.enter("bob")];

  await t.step("it is ready once it is connected", async () => {
    assertEquals(await look(`${url}readyz`), [200, "ready\n"]);
  });
  await t.step("messages and pages are counted", async () => {
    for (let count = 1; count <= 20; count++) {
      await alice.send(`<message to='bob@example.test' type='chat'><body>Good night ${count}</body></message>`);
    }
    await bob.message("Good night 20");
    assertEquals((await wholeArchive(alice)).length, 20);
    const metrics = await metricsOf(stage);
    assertEquals(metrics.get("annals_messages_stored_total"), 20);
    assertEquals(metrics.get("annals_messages_lost_total"), 0);
    assertEquals(metrics.get("annals_messages_waiting"), 0);
    assertEquals(metrics.get("annals_sweep_seconds_count"), 1);
    for (const name of ["annals_page_seconds_count", "annals_commit_seconds_count", "process_resident_memory_bytes"]) {
      assertEquals((metrics.get(name) ?? 0) > 0, true, name);
    }
    const [database = 0, log = 0] = ["database", "log"].map((file) =>
      metrics.get(`annals_store_bytes{file="${file}"}`)
    );
    assertEquals(database + log > 10_000, true);
  });
  await t.step("neither the metrics nor the page name anybody, or say what was said", async () => {
    for (const path of ["", "metrics"]) {
      const [status, text] = await look(`${url}${path}`);
      assertEquals([status, /alice|bob|example\.test|Good night/.exec(text)?.[0]], [200, undefined]);
    }
  });
  await t.step({
    name: "promtool finds nothing wrong with the text format",
    ignore: !PROMTOOL,
    async fn(): Promise<void> {
      const response = await fetch(`${url}metrics`, { headers: { accept: "text/plain" } });
      assertEquals(response.headers.get("content-type"), "text/plain; version=0.0.4; charset=utf-8");
      const promtool = new Deno.Command("promtool", {
        args: ["check", "metrics"],
        stdin: "piped",
        stdout: "piped",
        stderr: "piped",
      }).spawn();
      const writer = promtool.stdin.getWriter();
      await writer.write(await response.bytes());
      await writer.close();
      const { code, stdout, stderr } = await promtool.output();
      assertEquals([code, new TextDecoder().decode(stdout), new TextDecoder().decode(stderr)], [0, "", ""]);
    },
  });
  await t.step("a thousand connections that say nothing keep nobody from looking", async () => {
    const { hostname, port } = new URL(String(url));
    const silent: Deno.TcpConn[] = [];
    for (let i = 0; i < 1000; i++) silent.push(await Deno.connect({ hostname, port: Number(port) }));
    assertEquals(await look(`${url}healthz`), [200, "alive\n"]);
    for (const connection of silent) connection.close();
  });
  await t.step("without the server it lives, is not ready and says why, and counts the reconnect", async () => {
    const before = stage.annals.lines.length;
    await stage.server.stop();
    await stage.annals.event("stream-failed", { from: before });
    assertEquals(await look(`${url}readyz`), [503, "not connected to the server\n"]);
    assertEquals(await look(`${url}healthz`), [200, "alive\n"]);
    assertMatch((await look(`${url}`))[1], /Not in service: not connected to the server/);
    await stage.server.start();
    await stage.annals.inService({ from: before });
    const metrics = await metricsOf(stage);
    assertEquals([metrics.get("annals_stream_connected"), metrics.get("annals_stream_connections_total")], [1, 2]);
  });
}, { config: { metrics: { listen: "127.0.0.1:0" } }, trouble: true });

async function look(url: string): Promise<[status: number, text: string]> {
  const response = await fetch(url);
  return [response.status, await response.text()];
}

/** The samples by name and labels. */
async function metricsOf({ annals }: Stage): Promise<ReadonlyMap<string, number>> {
  const { url } = await annals.event("watchable");
  const [, text] = await look(`${url}metrics`);
  const samples = text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  return new Map(samples.map((line) => [line.slice(0, line.lastIndexOf(" ")), Number(line.split(" ").at(-1))]));
}
