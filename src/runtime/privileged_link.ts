/**
 * The link that every host has: the server delegates requests (XEP-0355), and grants privileges (XEP-0356).
 *
 * @module
 */
import { getRoster } from "../wire/rfc6121.ts";
import { writePrivileged } from "../wire/xep0356.ts";
import type { Element } from "../xml/element.ts";
import { conditionOf } from "../xmpp/error.ts";
import { Jid } from "../xmpp/jid.ts";
import { message } from "../xmpp/stanza.ts";
import { Envelope } from "./envelope.ts";
import type { LinkFacts } from "./examination.ts";
import type { Examiner } from "./examiner.ts";
import type { Grants } from "./grants.ts";
import type { Delivery, Ends, HostLink, MissingGrant, Standing } from "./link.ts";
import type { PendingRequests } from "./pending.ts";

/** A name that need not be an account: whose roster may be read is asked of it. */
const ANYBODY = "annals";

export interface PrivilegedLinkOptions {
  readonly component: Jid;
  readonly grants: Grants;
  readonly pending: Pick<PendingRequests, "ask">;
  readonly examiner: Pick<Examiner, "examine">;
  /** True when the server may have told another connection what it delegates. */
  readonly oneOfSeveral: boolean;
  send(stanza: Element): Promise<void>;
}

export class PrivilegedLink implements HostLink {
  readonly host: string;
  readonly isOpen = true;
  readonly expectsCopies = true;
  readonly #options: PrivilegedLinkOptions;
  readonly #delivery: Delivery;

  constructor(host: string, options: PrivilegedLinkOptions) {
    this.host = host;
    this.#options = options;
    this.#delivery = { push: (payloads, ends) => this.#push(payloads, ends), behind: false };
  }

  get isReady(): boolean {
    const { grants } = this.#options;
    return grants.delegatedBy(this.host).length > 0 && grants.messagePrivilege(this.host) !== undefined;
  }

  noteDuplicate(): boolean {
    return false;
  }

  deliver(): Delivery {
    return this.#delivery;
  }

  missing(): readonly MissingGrant[] {
    const { grants, oneOfSeveral } = this.#options;
    const sendsMessages = grants.messagePrivilege(this.host) !== undefined;
    const delegates = grants.delegatedBy(this.host).length > 0 || oneOfSeveral && sendsMessages;
    return [
      ...delegates ? [] : [{
        event: "delegation-missing",
        text: "Users cannot reach their archives: the server delegates nothing (XEP-0355)",
      }],
      ...sendsMessages ? [] : [{
        event: "privilege-missing",
        text: "Users cannot read their archives: no privilege for messages (XEP-0356)",
      }],
    ];
  }

  async standing(): Promise<Standing> {
    const { grants } = this.#options;
    const told = grants.messagePrivilege(this.host) !== undefined;
    if (told && !grants.allowsRoster(this.host)) return "unclear";
    const granted = await this.#mayReadRosters();
    if (granted === undefined) return "unclear";
    if (told && !granted) {
      return { renew: `${this.host} has taken back what it granted, as another connection has ended` };
    }
    if (!told && granted) return { renew: `${this.host} has told another connection what it grants` };
    return granted ? "granted" : "refused";
  }

  examine(patience?: number): Promise<LinkFacts> {
    return this.#options.examiner.examine(this.host, patience);
  }

  /** XEP-0356 §"Message Permission": one message each, in the name of the account that was asked. */
  async #push(payloads: readonly Element[], { from, to }: Ends): Promise<void> {
    const { component, grants, send } = this.#options;
    const xmlns = grants.messagePrivilege(to.domain);
    if (xmlns === undefined) {
      throw new Error(`Cannot send messages for accounts of ${to.domain}: it has not granted the "message" privilege`);
    }
    const server = Jid.parse(to.domain);
    const envelope = new Envelope((payload) => (
      message(component, server, writePrivileged(xmlns, message(to.toBare(), from, payload)))
    ));
    for (const payload of payloads) await send(envelope.around(payload));
  }

  /** `undefined` where it does not become clear. */
  async #mayReadRosters(): Promise<boolean | undefined> {
    const refusal = await conditionOf(this.#options.pending.ask(Jid.of(ANYBODY, this.host), getRoster, undefined));
    if (refusal === undefined) return true;
    return refusal === "forbidden" ? false : undefined;
  }
}
