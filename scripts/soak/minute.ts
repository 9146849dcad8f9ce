/**
 * A look at Annals, once a minute.
 *
 * @module
 */
import type { Annals } from "../../src/testing/annals.ts";
import { percentile } from "../bench/statistics.ts";
import type { Told } from "./people.ts";

/** What was seen at the end of a minute, and during it. */
export interface Minute {
  readonly minute: number;
  /** Resident, in bytes. */
  readonly memory: number;
  /** Seconds of CPU since the start. */
  readonly cpu: number;
  /** Open file descriptors. */
  readonly files: number;
  /** Bytes of the database. */
  readonly database: number;
  /** Bytes of its write-ahead log. */
  readonly log: number;
  readonly messages: number;
  /** Milliseconds. */
  readonly messageTime: { readonly p50: number; readonly p99: number };
  readonly pages: number;
  /** Milliseconds. */
  readonly pageTime: { readonly p50: number; readonly p99: number };
  readonly failures: readonly string[];
}

/** Looks at Annals, and at what people have seen of it. */
export async function observe(minute: number, annals: Annals, told: Told): Promise<Minute> {
  const { cpu, memory } = await annals.usage();
  const database = `${annals.folder}/data/archive2.sqlite`;
  return {
    minute,
    memory,
    cpu,
    files: (await Array.fromAsync(Deno.readDir(`/proc/${annals.pid}/fd`))).length,
    database: (await Deno.stat(database)).size,
    log: (await Deno.stat(`${database}-wal`)).size,
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
