import { assertEquals } from "@std/assert";
import { readiness } from "./health.ts";
import { meterOn, Metrics } from "./metrics.ts";

const CASES = [
  [{ connected: 1, accepting: 1 }, 200, "ready"],
  [{ connected: 0, accepting: 1 }, 503, "not connected to the server"],
  [{ connected: 1, accepting: 0 }, 503, "the store does not take messages"],
  [{ connected: 0, accepting: 0 }, 503, "not connected to the server, the store does not take messages"],
  // Where no plugin keeps archives, the connection is all there is.
  [{ connected: 1 }, 200, "ready"],
  // A database that cannot be reached is waited for.
  [{ connected: 0, opening: 1 }, 503, "the archives are not open yet"],
  // Archives that could not be opened, or whose files have vanished.
  [
    { connected: 1, open: 0, accepting: 0 },
    503,
    "the archives cannot be opened, or their files were removed or replaced",
  ],
  [{ connected: 1, open: 1, accepting: 1 }, 200, "ready"],
  // While it starts, nothing is known yet.
  [{}, 503, "not connected to the server"],
] as const;

interface Facts {
  readonly connected?: number;
  readonly accepting?: number;
  readonly opening?: number;
  readonly open?: number;
}

for (const [facts, status, line] of CASES) {
  Deno.test(`readiness() with ${JSON.stringify(facts)} is ${status}`, () => {
    const metrics = new Metrics();
    const meter = meterOn(metrics, () => {});
    const { connected, accepting, opening, open }: Facts = facts;
    if (connected !== undefined) meter.gauge({ name: "annals_stream_connected", help: "", read: () => connected });
    if (accepting !== undefined) meter.gauge({ name: "annals_store_accepting", help: "", read: () => accepting });
    if (opening !== undefined) meter.gauge({ name: "annals_stores_opening", help: "", read: () => opening });
    if (open !== undefined) meter.gauge({ name: "annals_store_open", help: "", read: () => open });
    const view = readiness(metrics);
    assertEquals([view.status, view.body], [status, `${line}\n`]);
  });
}
