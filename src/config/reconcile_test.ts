import { assertEquals, assertStrictEquals } from "@std/assert";
import { integer, option } from "./options.ts";
import { definePlugin } from "../runtime/plugin.ts";
import type { Config } from "./config.ts";
import { liveValues } from "./live.ts";
import { loadConfig } from "../runtime/load_config.ts";
import { reconcile } from "./reconcile.ts";

const counter = definePlugin({
  name: "counter",
  summary: "Counts",
  options: {
    count_to: option(integer(), { doc: "How far", default: 10, reload: true }),
    count_from: option(integer(), { doc: "Where to begin", default: 1 }),
  },
  start(): void {},
});

async function configWith(flags: Readonly<Record<string, string>> = {}): Promise<Config> {
  const text = `modules_enabled = ["counter"]
hosts = ["example.org"]
component = { domain = "archive.example.org", secret = "x" }`;
  const sources = { file: "config.toml", env: {}, flags: new Map(Object.entries(flags)), plugins: [counter] };
  return (await loadConfig({ ...sources, text })).config;
}

Deno.test("reconcile() applies what can change at once, and names what waits for a restart", async () => {
  const old = await configWith();
  const next = await configWith({
    "count_to": "20",
    "count_from": "2",
    "log.level": "debug",
    "component.reconnect.max": "5",
    "component.secret": "y",
  });
  const { config, applied, needsRestart } = reconcile(old, next);
  assertEquals(applied, ["count_to", "component.reconnect.max", "log.level"]);
  assertEquals(needsRestart, ["count_from", "component.secret"]);
  assertEquals(config.plugins, { counter: { count_to: 20, count_from: 1 } });
  assertEquals(config.log.level, "debug");
  assertEquals(config.component.reconnect, { initial: 1, max: 5 });
  assertEquals(config.component.secret, "x");
});

Deno.test("reconcile() sees no change in the same value from another source", async () => {
  const { applied, needsRestart } = reconcile(await configWith(), await configWith({ "count_from": "1" }));
  assertEquals([applied, needsRestart], [[], []]);
});

Deno.test("What waits for a restart is named again at the next reload", async () => {
  const next = await configWith({ "count_from": "2" });
  const { config } = reconcile(await configWith(), next);
  assertEquals(reconcile(config, next).needsRestart, ["count_from"]);
});

Deno.test("liveValues() shows a reload in the object that the plugin holds", async () => {
  const old = await configWith();
  const live = liveValues(old, counter);
  const { values } = live;
  live.update(reconcile(old, await configWith({ "count_to": "20", "count_from": "2" })).config);
  assertStrictEquals(live.values, values);
  assertEquals(values, { count_to: 20, count_from: 1 });
});
