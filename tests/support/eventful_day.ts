/**
 * A day in which everything happens that a status page can tell of.
 *
 * @module
 */
import { VERSION } from "../../src/lib/version.ts";
import { Histogram } from "../../src/watch/histogram.ts";
import { History } from "../../src/watch/history.ts";
import { meterOn, Metrics } from "../../src/watch/metrics.ts";
import { type Status, statusOf } from "../../src/watch/status/status.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** When the day ends. */
const NOW = Date.UTC(2026, 10, 22, 18, 7);

/** Its status at the end: people slept and wrote, the connection was lost, the disk was full, and a sweep removed much. */
export function eventfulDay(): Status {
  const metrics = new Metrics();
  let time = NOW - 20 * HOUR;
  const facts = { connected: 1, accepting: 1, stored: 0, lost: 0, failures: 0, database: 1.21e9, log: 0, waiting: 0 };
  const pages = new Histogram();
  register(metrics, facts, pages, time);
  const history = new History(metrics, () => time);
  for (let minute = 0; time < NOW; minute++, time += MINUTE) {
    const hour = new Date(time).getUTCHours();
    const awake = Math.max(0.02, Math.sin((hour - 6) / 18 * Math.PI)) * (1 + 0.3 * Math.sin(minute / 11));
    const broken = minute > 700 && minute < 735;
    const full = minute > 1100 && minute < 1115;
    facts.connected = broken ? 0 : 1;
    facts.failures += broken ? 1 : 0;
    facts.stored += broken || full ? 0 : Math.round(90 * awake);
    facts.lost += full ? 12 : 0;
    facts.database += broken || full ? 0 : Math.round(24_000 * awake);
    facts.log = (facts.stored * 400) % 80e6;
    for (let page = 0; page < 6 * awake; page++) pages.observe(0.002 + 0.004 * awake + (page === 5 ? 0.05 : 0));
    history.note();
  }
  return statusOf(metrics, history.minutes, NOW);
}

function register(
  metrics: Metrics,
  facts: Readonly<Record<string, number>>,
  pages: Histogram,
  started: number,
): void {
  const meter = meterOn(metrics, () => {});
  const gauges: Readonly<Record<string, () => number>> = {
    annals_stream_connected: () => facts.connected ?? 0,
    annals_store_accepting: () => facts.accepting ?? 0,
    annals_messages_waiting: () => facts.waiting ?? 0,
    annals_store_free_bytes: () => 41e6,
    annals_sweep_last_timestamp_seconds: () => (NOW - 1.5 * HOUR) / 1000,
    annals_sweep_next_timestamp_seconds: () => (NOW + 2.5 * HOUR) / 1000,
    process_start_time_seconds: () => started / 1000,
    process_resident_memory_bytes: () => 94.3e6,
  };
  const counters: Readonly<Record<string, () => number>> = {
    annals_stream_connections: () => 2,
    annals_stream_failures: () => facts.failures ?? 0,
    annals_messages_stored: () => facts.stored ?? 0,
    annals_messages_lost: () => facts.lost ?? 0,
    annals_sweep_entries: () => 48_310,
    process_cpu_seconds: () => 412.4,
  };
  const skipped = { "no body or other content": 18_204, "further copy": 96_011, "not in roster": 312, forged: 3 };
  for (const [name, read] of Object.entries(gauges)) meter.gauge({ name, help: name, read });
  for (const [name, read] of Object.entries(counters)) meter.counter({ name, help: name, read });
  meter.counter({ name: "annals_messages_skipped", help: "Skipped", label: "reason", read: () => skipped });
  meter.gauge({
    name: "annals_store_bytes",
    help: "Store",
    label: "file",
    read: () => ({ database: facts.database ?? 0, log: facts.log ?? 0 }),
  });
  meter.gauge({ name: "annals_build_info", help: "Build", label: "version", read: () => ({ [VERSION]: 1 }) });
  meter.histogram({ name: "annals_page_seconds", help: "Pages" }, pages);
}
