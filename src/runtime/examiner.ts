/**
 * Examines what a server lets Annals do, over the stream that there is, and archives nothing for it.
 *
 * @module
 */
import { deadline } from "@std/async/deadline";
import { discoInfo } from "../wire/xep0030.ts";
import { ping } from "../wire/xep0199.ts";
import { type Forwarded, forwarded } from "../wire/xep0297.ts";
import { NS as NS_MAM } from "../wire/xep0313.ts";
import { type PrivilegeNs, writePrivileged } from "../wire/xep0356.ts";
import type { Element } from "../xml/element.ts";
import { conditionOf, StanzaError } from "../xmpp/error.ts";
import { Jid } from "../xmpp/jid.ts";
import { message } from "../xmpp/stanza.ts";
import type { DelegationProbe } from "./delegation_probe.ts";
import type { PrivilegedFacts } from "./examination.ts";
import type { Grants } from "./grants.ts";
import type { PendingRequests } from "./pending.ts";
import type { IncomingMessage } from "./plugin.ts";
import type { Router } from "./router.ts";

/** Errors that a host itself gives to a ping which it does not know (XEP-0199 §4.2). */
const OWN_ERRORS: ReadonlySet<string> = new Set(["service-unavailable", "feature-not-implemented"]);

/** Seconds until a server has answered. */
const PATIENCE = 5;

interface Traffic {
  copies: number;
  asked: number;
  features: boolean;
}

export interface ExaminerOptions {
  readonly component: Jid;
  readonly hosts: ReadonlySet<string>;
  readonly router: Router;
  readonly grants: Grants;
  readonly pending: Pick<PendingRequests, "ask">;
  readonly probe: DelegationProbe;
  send(stanza: Element): Promise<void>;
}

/** Examines hosts on the privileged link; archives nothing for it. */
export class Examiner {
  readonly #options: ExaminerOptions;
  readonly #traffic = new Map<string, Traffic>();
  /** Messages on their way to the server and back, by their ids, which nobody can guess. */
  readonly #trips = new Map<string, { copied: boolean; returned: PromiseWithResolvers<true> }>();

  constructor(options: ExaminerOptions) {
    this.#options = options;
    const { router } = options;
    router.take(forwarded, (copy) => this.#noteCopy(copy));
    router.take(ping.query, ({ element }) => {
      this.#trips.get(element.attrs.id ?? "")?.returned.resolve(true);
    });
  }

  /** Notes a request that a host has delegated. */
  noteRequest(host: string, request: Element): void {
    this.#options.probe.note(request);
    if (request.attrs.from !== this.#options.component.toString()) this.#trafficOf(host).asked++;
  }

  /** Notes that a host has asked what accounts are to show. */
  noteFeatures(host: string): void {
    if (this.#options.hosts.has(host)) this.#trafficOf(host).features = true;
  }

  /** Forgets what holds for one stream. */
  clear(): void {
    this.#traffic.clear();
  }

  /** Examines a host. Rejects where there is no stream. `patience` is in seconds. */
  async examine(host: string, patience: number = PATIENCE): Promise<PrivilegedFacts> {
    const { grants, probe } = this.#options;
    const delegated = grants.delegatedBy(host).includes(NS_MAM);
    const privilege = grants.messagePrivilege(host);
    const granted = delegated || privilege !== undefined;
    const foreign = !granted && !await this.#isOurs(host, patience);
    const answerer = delegated ? await probe.ask(host, patience) : "unknown";
    const trip = privilege === undefined
      ? { returned: false, copied: false }
      : await this.#roundTrip(host, privilege, patience);
    const ejabberd = granted && await this.#isEjabberd(host, patience);
    return {
      link: "privileged",
      foreign,
      delegated,
      roster: grants.allowsRoster(host),
      messages: privilege !== undefined,
      answerer,
      ejabberd,
      ...trip,
      ...this.#trafficOf(host),
    };
  }

  async #isOurs(host: string, timeout: number): Promise<boolean> {
    const refusal = await conditionOf(this.#options.pending.ask(Jid.of("", host), ping, undefined, { timeout }));
    return refusal === undefined || OWN_ERRORS.has(refusal);
  }

  async #isEjabberd(host: string, timeout: number): Promise<boolean> {
    try {
      const { identities } = await this.#options.pending.ask(Jid.of("", host), discoInfo, {}, { timeout });
      return identities.some(({ name }) => name === "ejabberd");
    } catch (error) {
      if (!(error instanceof StanzaError)) throw error;
      return false;
    }
  }

  /** Sends a message from an account that there cannot be to Annals. A copy of it comes ahead of it, or not at all. */
  async #roundTrip(
    host: string,
    xmlns: PrivilegeNs,
    patience: number,
  ): Promise<{ returned: boolean; copied: boolean }> {
    const { component, send } = this.#options;
    const id = `annals-probe-${crypto.randomUUID()}`;
    const trip = { copied: false, returned: Promise.withResolvers<true>() };
    this.#trips.set(id, trip);
    try {
      const test = message(Jid.of(id, host), component, ping.query.write());
      test.attrs.id = id;
      await send(message(component, Jid.of("", host), writePrivileged(xmlns, test)));
      const returned = await deadline(trip.returned.promise, patience * 1000).catch(() => false);
      // What the server sends after this was sent before it.
      await this.#isOurs(host, patience);
      return { returned, copied: trip.copied };
    } finally {
      this.#trips.delete(id);
    }
  }

  #noteCopy(copy: IncomingMessage<Forwarded>): void {
    const host = copy.from.toString();
    if (!this.#options.hosts.has(host)) return;
    this.#trafficOf(host).copies++;
    if (this.#trips.size === 0) return;
    const trip = this.#trips.get(copy.read().stanza.attrs.id ?? "");
    if (trip !== undefined) trip.copied = true;
  }

  #trafficOf(host: string): Traffic {
    const known = this.#traffic.get(host);
    if (known !== undefined) return known;
    const traffic = { copies: 0, asked: 0, features: false };
    this.#traffic.set(host, traffic);
    return traffic;
  }
}
