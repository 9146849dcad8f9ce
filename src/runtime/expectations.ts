/**
 * Says what is missing when a server does not let Annals do its work.
 *
 * @module
 */
import { pause } from "../lib/pause.ts";
import type { Log } from "../log/log.ts";
import type { Links } from "./links.ts";

/** Milliseconds after which a server has granted all that it is going to. */
const PATIENCE = 10_000;

export interface WatchOptions {
  readonly component: { readonly links: Pick<Links, "inUse"> };
  readonly signal: AbortSignal;
  readonly log: Log;
  /** Milliseconds to wait; default ten seconds. */
  readonly patience?: number;
}

/** Looks, a while after the stream opened, for hosts that have not granted what every archive needs. */
export async function watchGrants(
  { component: { links }, signal, log, patience = PATIENCE }: WatchOptions,
): Promise<void> {
  if (!await pause(patience, signal)) return;
  for (const link of links.inUse) {
    for (const { event, text } of link.missing()) log.warn(event, text, { host: link.host });
  }
}
