/**
 * Metrics of the process itself, under the names that Prometheus' own clients give these metrics.
 *
 * @module
 */
import process from "node:process";
import { VERSION } from "../lib/version.ts";
import type { Histogram } from "./histogram.ts";
import type { Meter } from "./metric.ts";

/** Milliseconds between looks at how late the event loop is. */
const LOOK = 500;

/** Registers what the process uses. Disposing of what is returned ends the looking. */
export function measureProcess(meter: Meter, now: () => number = Date.now): Disposable {
  const started = now() / 1000;
  meter.gauge({
    name: "annals_build_info",
    help: "The version that runs",
    label: "version",
    read: () => ({ [VERSION]: 1 }),
  });
  meter.gauge({
    name: "process_start_time_seconds",
    help: "Time of the start, in seconds since 1970",
    read: () => started,
  });
  meter.counter({ name: "process_cpu_seconds", help: "CPU time, of the user and of the system", read: cpuSeconds });
  meter.gauge({
    name: "process_resident_memory_bytes",
    help: "Memory that is in use",
    read: () => Deno.memoryUsage().rss,
  });
  meter.gauge({
    name: "process_open_fds",
    help: "Open files and sockets; on Linux only",
    read: openFiles,
  });
  return watchEventLoop(
    meter.histogram({ name: "annals_event_loop_lag_seconds", help: "Delay of a timer that is due twice a second" }),
  );
}

function cpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

/** `NaN` where the system does not say. */
function openFiles(): number {
  try {
    return [...Deno.readDirSync("/proc/self/fd")].length;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotCapable) return NaN;
    throw error;
  }
}

/** While the loop is busy nothing else happens: no page is read, no message taken. */
function watchEventLoop(lag: Histogram): Disposable {
  let due = performance.now() + LOOK;
  const timer = setInterval(() => {
    const late = performance.now() - due;
    lag.observe(Math.max(0, late) / 1000);
    due = performance.now() + LOOK;
  }, LOOK);
  return { [Symbol.dispose]: () => clearInterval(timer) };
}
