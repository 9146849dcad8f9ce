/**
 * What a connection has to look after that is one of several of the same component, among which the server divides what it has
 * to say. ejabberd tells one of them what it grants, and takes it from all of them when any of them ends (mod_privilege and
 * mod_delegation know components, not connections); at each new connection it grants it anew.
 *
 * @module
 */
import { delay } from "@std/async/delay";
import { getRoster } from "../wire/rfc6121.ts";
import { StanzaError } from "../xmpp/error.ts";
import { Jid } from "../xmpp/jid.ts";
import type { Config } from "./config/config.ts";
import type { Grants } from "./grants.ts";
import type { PendingRequests } from "./pending.ts";

/** Milliseconds after which a connection has been told what is granted, if it was the one to be told. */
const FIRST = 1000;
/** Milliseconds between two looks whether it still is. */
const PAUSE = 5000;

/** A name that need not be an account: whose roster may be read is asked of it. */
const ANYBODY = "annals";

/** Whether other processes may keep the same archives, and so be connected as the same component. */
export function mayBeOneOfSeveral({ storage }: Config): boolean {
  return storage.archive2 === "postgresql";
}

export interface SeveralOptions {
  readonly component: { readonly grants: Grants; readonly pending: PendingRequests };
  readonly hosts: readonly string[];
  readonly signal: AbortSignal;
  /** Milliseconds before the first look, and between the others. */
  readonly pauses?: { readonly first: number; readonly pause: number };
}

/** Looks until the signal. Resolves with the reason when it is time to connect anew. */
export async function watchAsOneOfSeveral(
  { component: { grants, pending }, hosts, signal, pauses = { first: FIRST, pause: PAUSE } }: SeveralOptions,
): Promise<string | undefined> {
  for (let wait = pauses.first;; wait = pauses.pause) {
    if (!await delay(wait, { signal }).then(() => true, () => false)) return undefined;
    for (const host of hosts.filter((host) => !grants.isWaived(host))) {
      const told = grants.messagePrivilege(host) !== undefined;
      if (told && !grants.allowsRoster(host)) continue;
      const granted = await mayReadRosters(host);
      if (told && granted === false) return `${host} has taken back what it granted, as another connection has ended`;
      if (!told && granted === true) return `${host} has told another connection what it grants`;
    }
  }

  /** `undefined` where it does not become clear. */
  async function mayReadRosters(host: string): Promise<boolean | undefined> {
    try {
      await pending.ask(Jid.of(ANYBODY, host), getRoster, undefined);
      return true;
    } catch (error) {
      if (!(error instanceof StanzaError)) throw error;
      return error.condition === "forbidden" ? false : undefined;
    }
  }
}
