import { plain, type View } from "./answer.ts";
import type { Metrics } from "./metrics.ts";

/** Obstacles that keep Annals from its work, for an operator to read; none when it is in service. */
export function obstacles(metrics: Metrics): readonly string[] {
  const found: string[] = [];
  // Nothing connects before they are.
  if (metrics.value("annals_stores_opening") > 0) return ["the archives are not open yet"];
  if (metrics.value("annals_stream_connected") !== 1) found.push("not connected to the server");
  if (reads(metrics, "annals_store_open", 0)) {
    found.push("the archives cannot be opened, or their files were removed or replaced");
  } else if (reads(metrics, "annals_store_accepting", 0)) found.push("the store does not take messages");
  return found;
}

/** True for a metric that there is, and that reads so. */
function reads(metrics: Metrics, name: string, value: number): boolean {
  return metrics.values(name).get("") === value;
}

/** Answers that the process is alive: the answer itself says so. */
export function health(): View {
  return plain(200, "alive");
}

/** Answers whether Annals is in service: connected, with a store that takes messages. */
export function readiness(metrics: Metrics): View {
  const found = obstacles(metrics);
  return found.length === 0 ? plain(200, "ready") : plain(503, found.join(", "));
}
