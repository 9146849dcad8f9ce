import type { Span } from "../store/figures.ts";

/** A time at which the server could not reach the archive; `to` is left out while it goes on. */
export interface Outage {
  readonly from: number;
  readonly to?: number;
}

/** Milliseconds since the chronicle was last written, up to which the connection may well go on: it is written every minute. */
const RECENT = 120_000;

/**
 * Returns the times between connections. After a crash it seems to begin up to a minute early, as that is how often is
 * noted that all is well.
 */
export function outagesOf(connections: readonly Span[], now: number): Outage[] {
  const outages: Outage[] = [];
  let reached = connections[0]?.began ?? now;
  for (const { began, ended } of connections) {
    if (began > reached) outages.push({ from: reached, to: began });
    reached = Math.max(reached, ended);
  }
  if (now - reached > RECENT) outages.push({ from: reached });
  return outages;
}
