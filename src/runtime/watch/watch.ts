/**
 * Lets operators and their tools look at Annals over HTTP: `[metrics] listen`.
 *
 * @module
 */
import type { Log } from "../log.ts";
import type { Address } from "../options.ts";
import { repeat } from "../timers.ts";
import { answer, plain, respond, type Views } from "./answer.ts";
import { health, readiness } from "./health.ts";
import { History } from "./history.ts";
import { meterOn, type Metrics } from "./metrics.ts";
import { CONTENT_TYPE, writeMetrics } from "./open_metrics.ts";
import { measureProcess } from "./process.ts";
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
  const views: Views = new Map([
    ["/", () => statusPage(statusOf(metrics, history.minutes, Date.now()))],
    ["/metrics", () => ({ headers: { "content-type": CONTENT_TYPE }, body: writeMetrics(metrics) })],
    ["/healthz", health],
    ["/readyz", () => readiness(metrics)],
  ]);
  const server = serve({ hostname, port }, { views, signal: over.signal, log });
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
      await Promise.all([server.finished, noting]);
    },
  };
}

function serve(
  { hostname, port }: Address,
  { views, signal, log }: { views: Views; signal: AbortSignal; log: Log },
): Deno.HttpServer {
  try {
    return Deno.serve({
      hostname,
      port,
      signal,
      onListen: ({ hostname, port }) =>
        log.info("watchable", "The status can be looked at", { url: url(hostname, port) }),
      onError(error): Response {
        log.error("look-failed", "A look at the status could not be answered", { error });
        return respond("GET", plain(500, "This could not be read; the log says why"));
      },
    }, (request) => answer(request, views));
  } catch (cause) {
    throw new Error(`Cannot listen at ${url(hostname, port)} (metrics.listen)`, { cause });
  }
}

function url(hostname: string, port: number): string {
  return `http://${hostname.includes(":") ? `[${hostname}]` : hostname}:${port}/`;
}
