/**
 * Says what is missing when a server does not let Annals do its work.
 *
 * @module
 */
import { delay } from "@std/async/delay";
import type { Component } from "./component.ts";
import type { Log } from "../log/log.ts";

/** Milliseconds after which a server has granted all that it is going to. */
const PATIENCE = 10_000;

export interface WatchOptions {
  readonly component: Pick<Component, "grants">;
  readonly hosts: readonly string[];
  readonly signal: AbortSignal;
  readonly log: Log;
  /** True when the server may have told another connection what it delegates. */
  readonly oneOfSeveral?: boolean;
  /** Milliseconds to wait; default ten seconds. */
  readonly patience?: number;
}

/** Looks, a while after the stream opened, for hosts that have not granted what every archive needs. */
export async function watchGrants(
  { component: { grants }, hosts, signal, log, oneOfSeveral = false, patience = PATIENCE }: WatchOptions,
): Promise<void> {
  const waited = await delay(patience, { signal }).then(() => true, () => false);
  if (!waited) return;
  for (const host of hosts.filter((host) => !grants.isWaived(host))) {
    const told = grants.delegatedBy(host).length > 0 || oneOfSeveral && grants.messagePrivilege(host) !== undefined;
    if (!told) {
      log.warn("delegation-missing", "Users cannot reach their archives: the server delegates nothing (XEP-0355)", {
        host,
      });
    }
    if (grants.messagePrivilege(host) === undefined) {
      log.warn("privilege-missing", "Users cannot read their archives: no privilege for messages (XEP-0356)", { host });
    }
  }
}
