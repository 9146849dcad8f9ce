/**
 * A look at Annals, once a minute.
 *
 * @module
 */
import type { Annals } from "../../tests/support/annals.ts";
import { percentile } from "../bench/statistics.ts";
import type { Told } from "./people.ts";
import type { Place, Sizes } from "./place.ts";

/** Figures of a minute, during it and at its end. */
export interface Minute extends Sizes {
  readonly minute: number;
  /** Resident, in bytes. */
  readonly memory: number;
  /** Seconds of CPU since the start. */
  readonly cpu: number;
  /** Open file descriptors. */
  readonly files: number;
  readonly messages: number;
  /** Milliseconds. */
  readonly messageTime: { readonly p50: number; readonly p99: number };
  readonly pages: number;
  /** Milliseconds. */
  readonly pageTime: { readonly p50: number; readonly p99: number };
  readonly failures: readonly string[];
}

/** Looks at Annals, and at what people have seen of it. */
export async function observe(
  minute: number,
  { annals, place, told }: { readonly annals: Annals; readonly place: Place; readonly told: Told },
): Promise<Minute> {
  const { cpu, memory } = await annals.usage();
  return {
    minute,
    memory,
    cpu,
    files: (await Array.fromAsync(Deno.readDir(`/proc/${annals.pid}/fd`))).length,
    ...await place.sizes(annals),
    messages: told.messages.length,
    messageTime: spreadOf(told.messages),
    pages: told.pages.length,
    pageTime: spreadOf(told.pages),
    failures: [...told.failures, ...annals.errors],
  };
}

function spreadOf(times: readonly number[]): Minute["messageTime"] {
  return { p50: percentile(times, 0.5), p99: percentile(times, 0.99) };
}
