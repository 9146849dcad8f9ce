/**
 * Notices when a server takes a delegation away without a word (XEP-0355): when it loads a module again, for example.
 *
 * @module
 */
import type { Component } from "./component.ts";
import type { Control } from "./control/control.ts";
import type { Answerer } from "./delegation_probe.ts";
import { pause } from "../lib/pause.ts";
import type { Log } from "../log/log.ts";

/** Milliseconds after which a server has delegated all that it is going to, and between two looks. */
const [FIRST, INTERVAL] = [5_000, 15_000] as const;

/** Asks for the hosts whose users another module of the server answers, as was found last. */
export const answeredElsewhere: Control<null, readonly string[]> = { name: "answered elsewhere", read: () => null };

export interface DelegationWatchOptions {
  readonly component: Pick<Component, "grants" | "probe">;
  readonly hosts: readonly string[];
  readonly signal: AbortSignal;
  readonly log: Log;
  /** Told who answers the users of a host, each time that it is found out. */
  readonly found?: (host: string, answerer: Answerer) => void;
  /** Milliseconds before the first look, and between two. */
  readonly first?: number;
  readonly interval?: number;
}

/**
 * Resolves with the reason when a host that delegated to Annals does so no more; with nothing when the stream ends. Only a
 * new stream is granted the delegation again. Rejects when the stream fails.
 */
export async function watchDelegations(options: DelegationWatchOptions): Promise<string | undefined> {
  const { component: { grants, probe }, hosts, signal, log, first = FIRST, interval = INTERVAL, found } = options;
  /** Hosts whose queries come here; of hosts that do not delegate what Annals asks itself, nothing can be told. */
  const proven = new Set<string>();
  if (!await pause(first, signal)) return undefined;
  for (const host of hosts.filter((host) => grants.delegatedBy(host).length > 0)) {
    const answerer = await ask(host);
    if (answerer === "annals") proven.add(host);
    if (answerer === "another") tell(host, "another");
  }
  log.debug("delegation-proven", "Archive queries of users come here", { hosts: [...proven] });
  while (await pause(interval, signal)) {
    for (const host of proven) {
      const answerer = await ask(host);
      if (signal.aborted) return undefined;
      if (answerer === "annals" || answerer === "unknown") continue;
      tell(host, answerer);
      return "a delegation was lost";
    }
  }
  return undefined;

  async function ask(host: string): Promise<Answerer> {
    const answerer = await probe.ask(host);
    found?.(host, answerer);
    return answerer;
  }

  function tell(host: string, answerer: "another" | "nobody"): void {
    const text = answerer === "another"
      ? "Another module of the server answers users' archive queries"
      : "The server no longer delegates users' archive queries";
    log.warn("delegation-lost", text, {
      host,
      hint: "ejabberd: is mod_mam or mod_delegation loaded anew? docs/ejabberd.md",
    });
  }
}
