/**
 * A sweep as the plugin does it, with a clock on each step.
 *
 * @module
 */
import { sweep } from "../../src/plugins/mam/upkeep/sweep.ts";
import { memoryLog } from "../../src/log/log.ts";
import type { ArchiveStore, Expired } from "../../src/store/archive.ts";

/** Times of a sweep. */
export interface TimedSweep {
  readonly entries: number;
  readonly seconds: number;
  /** The longest step, in milliseconds. */
  readonly longest: number;
}

/** Sweeps what was received before a time. */
export async function timedSweep(store: ArchiveStore, before: number): Promise<TimedSweep> {
  let longest = 0;
  const timed: Pick<ArchiveStore, "sweptAt" | "newestNumber" | "noteSweep" | "expire"> = {
    sweptAt: 0,
    newestNumber: 0,
    noteSweep: (time) => store.noteSweep(time),
    async expire(...step): Promise<Expired> {
      const began = performance.now();
      const expired = await store.expire(...step);
      longest = Math.max(longest, performance.now() - began);
      return expired;
    },
  };
  const began = performance.now();
  const swept = await sweep({
    store: timed as ArchiveStore,
    now: () => before,
    retention: { archive_expires_after: 0, archive_max_messages: "unlimited" },
    // A bench has no clock to be wary of.
    allowance: Infinity,
    signal: new AbortController().signal,
    log: memoryLog(),
  });
  return { entries: swept?.entries ?? 0, seconds: (performance.now() - began) / 1000, longest };
}
