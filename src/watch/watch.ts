/**
 * Lets operators and their tools look at Annals over HTTP: `[metrics] listen`.
 *
 * @module
 */
import type { Log } from "../log/log.ts";
import type { Address } from "../config/options.ts";
import { repeat } from "../lib/timers.ts";
import type { View } from "./answer.ts";
import { exposition } from "./exposition.ts";
import { health, readiness } from "./health.ts";
import { History } from "./history.ts";
import { meterOn, type Metrics } from "./metrics.ts";
import { measureProcess } from "./process.ts";
import { serveViews } from "./serve.ts";
import { statusPage } from "./status/page.ts";
import { statusOf } from "./status/status.ts";

/** Seconds between two notes of the history. */
const MINUTE = 60;

/** Starts to listen; throws when it cannot. Disposing of what is returned ends it. */
export function startWatch(
  { hostname, port }: Address,
  { metrics, log }: { metrics: Metrics; log: Log },
): AsyncDisposable {
  using stack = new DisposableStack();
  const over = new AbortController();
  stack.defer(() => over.abort());
  stack.use(measureProcess(meterOn(metrics, (remove) => stack.defer(remove))));
  const history = new History(metrics, Date.now);
  const views = new Map<string, (accept: string) => View>([
    ["/", () => statusPage(statusOf(metrics, history.minutes, Date.now()))],
    ["/metrics", (accept) => exposition(metrics, accept)],
    ["/healthz", health],
    ["/readyz", () => readiness(metrics)],
  ]);
  const server = serveViews({ hostname, port }, { views, log });
  log.info("watchable", "The status page is available", { url: server.url });
  const noting = repeat({
    task: "history",
    seconds: () => MINUTE,
    run: () => history.note(),
    signal: over.signal,
    log,
  });
  const watching = stack.move();
  return {
    async [Symbol.asyncDispose](): Promise<void> {
      watching.dispose();
      await Promise.all([server[Symbol.asyncDispose](), noting]);
    },
  };
}
