/**
 * Answers requests: those that reach the component directly, and those that a server delegates to it (XEP-0355), which
 * handlers cannot tell from the first.
 *
 * @module
 */
import { type DelegationNs, isDelegationNs, readDelegated, writeDelegated } from "../wire/xep0355.ts";
import { writePrivileged } from "../wire/xep0356.ts";
import { type Element, xml } from "../xml/element.ts";
import { Jid } from "../xmpp/jid.ts";
import { StanzaError } from "../xmpp/error.ts";
import { iqError, iqResult } from "../xmpp/stanza.ts";
import type { Grants } from "./grants.ts";
import type { Log } from "./log.ts";
import type { Request } from "./plugin.ts";
import type { Router } from "./router.ts";

/** Requests answered at once. A server that sends more while it reads no answers is refused, so that memory is bounded. */
const MAX_IN_FLIGHT = 1000;

export interface RequestsOptions {
  readonly component: Jid;
  readonly hosts: ReadonlySet<string>;
  readonly router: Router;
  readonly grants: Grants;
  readonly log: Log;
  send(stanza: Element): Promise<void>;
}

/** The answering half of the component. */
export class Requests {
  readonly #options: RequestsOptions;
  #inFlight = 0;
  #dropped = 0;

  constructor(options: RequestsOptions) {
    this.#options = options;
  }

  /** Answers an IQ of type `get` or `set`, in its own time; never rejects. */
  async answer(iq: Element): Promise<void> {
    if (this.#inFlight >= MAX_IN_FLIGHT) {
      if (this.#dropped++ % MAX_IN_FLIGHT === 0) {
        this.#options.log.warn("requests-dropped", "Too many requests at once: the server does not take the answers", {
          dropped: this.#dropped,
        });
      }
      return;
    }
    this.#inFlight++;
    try {
      await this.#options.send(await this.#replyTo(iq));
    } catch (error) {
      this.#options.log.debug("reply-lost", "An answer could not be sent", { error });
    } finally {
      this.#inFlight--;
    }
  }

  #replyTo(iq: Element): Promise<Element> {
    const { component, send } = this.#options;
    const delegation = iq.getChildElements().find((child) => child.getName() === "delegation");
    const xmlns = delegation?.getNS();
    if (delegation !== undefined && isDelegationNs(xmlns)) return this.#replyToDelegated(iq, xmlns, delegation);
    return this.#reply(iq, component, async (messages, { from, to }) => {
      for (const message of messages) {
        Object.assign(message.attrs, { from: to.toString(), to: from.toString() });
        await send(message);
      }
    });
  }

  /**
   * XEP-0355 §4.3: the answer, an error too, travels as the inner IQ of a result. Only a server that we serve delegates,
   * and it vouches only for what is asked of its own accounts.
   */
  async #replyToDelegated(outer: Element, xmlns: DelegationNs, delegation: Element): Promise<Element> {
    const host = outer.attrs.from ?? "";
    try {
      if (!this.#options.hosts.has(host)) {
        throw new StanzaError("forbidden", "Only a server that this archive serves may delegate to it");
      }
      const inner = readDelegated(delegation);
      const requester = Jid.parse(inner.attrs.from ?? "");
      const to = inner.attrs.to === undefined ? requester.toBare() : Jid.parse(inner.attrs.to);
      if (to.domain !== host) {
        throw new StanzaError("forbidden", "A server may delegate requests to its own accounts only");
      }
      const reply = await this.#reply(inner, to, (messages, request) => this.#pushPrivileged(messages, request));
      return iqResult(outer, writeDelegated(xmlns, reply));
    } catch (error) {
      return this.#refuse(outer, error);
    }
  }

  /** Answers one request; `to` is who is asked when the request does not say (RFC 6120 §10.3.3). */
  async #reply(
    iq: Element,
    to: Jid,
    push: (messages: readonly Element[], request: Request) => Promise<void>,
  ): Promise<Element> {
    const { id = "", type = "" } = iq.attrs;
    // ejabberd takes an answer only from the very entity that was asked.
    iq.attrs.to ??= to.toString();
    try {
      const payload = iq.getChildElements()[0];
      if (payload === undefined) throw new StanzaError("bad-request", "An <iq/> of this type needs a payload");
      const answer = this.#options.router.findAnswer(type, payload);
      if (answer === undefined) throw new StanzaError("service-unavailable");
      const from = Jid.parse(iq.attrs.from ?? "");
      const request: Request = { from, to: Jid.parse(iq.attrs.to), id, push: (messages) => push(messages, request) };
      return iqResult(iq, await answer(payload, request));
    } catch (error) {
      return this.#refuse(iq, error);
    }
  }

  /** Anything but a stanza error is a fault of ours: the requester learns that much, the log the rest. */
  #refuse(iq: Element, error: unknown): Element {
    if (error instanceof StanzaError) return iqError(iq, error);
    this.#options.log.error("request-failed", "A request could not be answered", { error });
    return iqError(iq, new StanzaError("internal-server-error"));
  }

  /** XEP-0356 §"Message Permission": a message in the name of an account, by the grant of its server. */
  async #pushPrivileged(messages: readonly Element[], { from, to }: Request): Promise<void> {
    const { grants, component, send } = this.#options;
    const xmlns = grants.messagePrivilege(to.domain);
    if (xmlns === undefined) {
      throw new Error(`Cannot send messages for accounts of ${to.domain}: it has not granted the "message" privilege`);
    }
    for (const message of messages) {
      Object.assign(message.attrs, { from: to.bare, to: from.toString() });
      const attrs = { from: component.toString(), to: to.domain };
      await send(xml("message", attrs, writePrivileged(xmlns, message)));
    }
  }
}
