/**
 * The dashboard and the alert rules can only speak of metrics that there are.
 */
import { assert, assertEquals } from "@std/assert";
import { BUILT_IN } from "../../src/plugins/mod.ts";
import { startComponent } from "../../src/runtime/component.ts";
import { loadConfig } from "../../src/runtime/load_config.ts";
import { memoryLog } from "../../src/log/log.ts";
import { meterOn, Metrics } from "../../src/watch/metrics.ts";
import { writeMetrics } from "../../src/watch/open_metrics.ts";
import { measureProcess } from "../../src/watch/process.ts";
import { measureStores } from "../../src/watch/stores.ts";
import { measureStream } from "../../src/watch/stream.ts";
import { openMemoryStore } from "../../src/store/memory/mod.ts";

const FILES = ["grafana.json", "alerts.yml"];

/** The names of all samples of an Annals with all its plugins; those of labels that have no value yet included. */
async function sampleNames(): Promise<ReadonlySet<string>> {
  const { config, plugins } = await loadConfig({
    file: "annals.toml",
    text: `hosts = ["a.test"]\ncomponent = { domain = "archive.a.test", secret = "s3cret" }`,
    env: {},
    flags: new Map(),
    plugins: BUILT_IN,
  });
  const metrics = new Metrics();
  const meter = meterOn(metrics, () => {});
  using _process = measureProcess(meter);
  measureStores(meter, { opening: 0, areOpen: true });
  measureStream(meter, { connected: false, connections: 0, failures: 0, refused: 0 }, () => 0);
  await using _component = await startComponent({
    config,
    plugins,
    log: memoryLog(),
    metrics,
    openStore: () => Promise.resolve(openMemoryStore()),
    send: () => Promise.resolve(),
  });
  const samples = writeMetrics(metrics).matchAll(/^(\w+)(?:\{| )/gm);
  const counters = [...metrics].filter(({ type }) => type === "counter").map(({ name }) => `${name}_total`);
  return new Set([...[...samples].map(([, name = ""]) => name), ...counters]);
}

const SAMPLES = await sampleNames();

for (const file of FILES) {
  Deno.test(`${file} names metrics that there are`, async () => {
    const text = await Deno.readTextFile(new URL(file, import.meta.url));
    const named = [...text.matchAll(/\b(?:annals|process)_[a-z0-9_]+/g)].map(([name]) => name);
    assert(named.length >= 10);
    assertEquals(named.filter((name) => !SAMPLES.has(name)), []);
  });
}

Deno.test("The dashboard shows every metric of Annals", async () => {
  const text = await Deno.readTextFile(new URL("grafana.json", import.meta.url));
  const families = new Set([...SAMPLES].map((name) => name.replace(/_(bucket|sum|count)$/, "")));
  const unseen = [...families].filter((name) => name.startsWith("annals_") && !text.includes(name));
  // When the last sweep was is what the next one follows from.
  assertEquals(unseen, ["annals_sweep_last_timestamp_seconds"]);
});

Deno.test("The dashboard's panels have ids of their own, and lie on the grid without overlap", async () => {
  const { panels } = JSON.parse(await Deno.readTextFile(new URL("grafana.json", import.meta.url)));
  assertEquals(new Set(panels.map(({ id }: { id: number }) => id)).size, panels.length);
  const taken = new Set<string>();
  for (const { title, gridPos: { x, y, w, h } } of panels) {
    assert(x + w <= 24, title);
    for (let place = 0; place < w * h; place++) {
      const cell = `${x + place % w} ${y + Math.floor(place / w)}`;
      assertEquals(taken.has(cell), false, title);
      taken.add(cell);
    }
  }
});

Deno.test({
  name: "promtool, where it is installed, finds no fault with the alert rules",
  ignore: !await isInstalled("promtool"),
  async fn(): Promise<void> {
    const rules = new URL("alerts.yml", import.meta.url).pathname;
    const { code, stderr } = await new Deno.Command("promtool", { args: ["check", "rules", rules] }).output();
    assertEquals([code, new TextDecoder().decode(stderr)], [0, ""]);
  },
});

async function isInstalled(command: string): Promise<boolean> {
  try {
    return (await new Deno.Command(command, { args: ["--version"], stdout: "null", stderr: "null" }).output()).success;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
