/**
 * Contents of the status page: read from the metrics, so that it can never say anything else than they do.
 *
 * @module
 */
import { obstacles } from "../health.ts";
import type { Minute } from "../history.ts";
import type { Metrics } from "../metrics.ts";
import { type Slot, slotsOf } from "./slots.ts";

/** Everything on the page. Times are in milliseconds since 1970, sizes in bytes, durations in seconds. */
export interface Status {
  readonly now: number;
  /** Obstacles that keep Annals from its work; none when it is in service. */
  readonly obstacles: readonly string[];
  readonly started: number;
  readonly version: string;
  /** The last day. */
  readonly slots: readonly Slot[];
  /** Since the start. */
  readonly reconnects: number;
  readonly lost: number;
  /** Counts of what was not kept, by reason, most first. */
  readonly skipped: readonly (readonly [reason: string, count: number])[];
  readonly waiting: number;
  /** Half, and all but a hundredth, of the pages took no longer; `undefined` before the first page. */
  readonly pageTimes: readonly (number | undefined)[];
  readonly size: { readonly database: number; readonly log: number; readonly free: number };
  readonly sweep: {
    /** `undefined` before the first. */
    readonly last: number | undefined;
    /** `undefined` where nothing expires, and while the first sweep goes on. */
    readonly next: number | undefined;
    /** Since the start. */
    readonly removed: number;
  };
  readonly memory: number;
  readonly cpu: number;
}

/** Reads the status. */
export function statusOf(metrics: Metrics, minutes: readonly Minute[], now: number): Status {
  const files = metrics.values("annals_store_bytes");
  const skipped = [...metrics.values("annals_messages_skipped")].sort(([, a], [, b]) => b - a);
  const [version = ""] = metrics.values("annals_build_info").keys();
  return {
    now,
    obstacles: obstacles(metrics),
    started: metrics.value("process_start_time_seconds") * 1000,
    version,
    slots: slotsOf(minutes, now),
    reconnects: Math.max(0, metrics.value("annals_stream_connections") - 1),
    lost: metrics.value("annals_messages_lost"),
    skipped,
    waiting: metrics.value("annals_messages_waiting"),
    pageTimes: [0.5, 0.99].map((share) => metrics.quantile("annals_page_seconds", share)),
    size: {
      database: files.get("database") ?? 0,
      log: files.get("log") ?? 0,
      free: metrics.value("annals_store_free_bytes"),
    },
    sweep: {
      last: timeFrom(metrics.value("annals_sweep_last_timestamp_seconds")),
      next: timeFrom(metrics.value("annals_sweep_next_timestamp_seconds")),
      removed: metrics.value("annals_sweep_entries"),
    },
    memory: metrics.value("process_resident_memory_bytes"),
    cpu: metrics.value("process_cpu_seconds"),
  };
}

/** Neither 0 nor `NaN` is a time. */
function timeFrom(seconds: number): number | undefined {
  return seconds > 0 ? seconds * 1000 : undefined;
}
