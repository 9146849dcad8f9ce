/**
 * Answers requests: those that reach the component directly, and those that a server delegates to it (XEP-0355), which
 * handlers cannot tell from the first.
 *
 * @module
 */
import { ArchiveStoreError } from "../store/error.ts";
import { attribute, readJid } from "../wire/reading.ts";
import { type DelegationNs, isDelegationNs, readDelegated, writeDelegated } from "../wire/xep0355.ts";
import type { Element } from "../xml/element.ts";
import type { Jid } from "../xmpp/jid.ts";
import { StanzaError } from "../xmpp/error.ts";
import { iqError, iqResult, message } from "../xmpp/stanza.ts";
import { Envelope } from "./envelope.ts";
import type { Delivery, Push } from "./link.ts";
import type { Links } from "./links.ts";
import type { Log } from "../log/log.ts";
import { RareLine } from "../log/rare_line.ts";
import type { Request } from "./plugin.ts";
import type { Router } from "./router.ts";
import { Turns } from "../lib/turns.ts";
import { Histogram } from "../watch/histogram.ts";

/**
 * Requests that are answered at once: each may have a page of an archive in memory. More wait, of one account not so many
 * that others notice; what is beyond is refused.
 */
const TURNS = { atOnce: 32, most: 5_000, mostOfOne: 100 };

/** Requests that are being answered, refusals too. A server that sends more reads nothing, so nobody is answered. */
const MAX_IN_FLIGHT = 10_000;

export interface RequestsOptions {
  readonly component: Jid;
  readonly router: Router;
  readonly links: Links;
  /** Told of each request that a host delegates. */
  readonly delegated: (host: string, iq: Element) => void;
  readonly log: Log;
  send(stanza: Element): Promise<void>;
}

/** The answering half of the component. */
export class Requests {
  /** Durations of the answers, from the arrival of the request until there was room for the reply. */
  readonly seconds = new Histogram();
  readonly #options: RequestsOptions;
  readonly #inFlight = new Set<Promise<void>>();
  readonly #turns = new Turns(TURNS);
  readonly #refused = new Map<string, number>();
  /** Delivery of answers to requests that reach the component directly. */
  readonly #direct: Delivery;
  #dropped = 0;
  readonly #faults: RareLine;

  constructor(options: RequestsOptions) {
    this.#options = options;
    this.#faults = new RareLine(options.log, {
      level: "error",
      event: "request-failed",
      message: "A request could not be answered",
      count: "failed_so_far",
    });
    this.#direct = { push: pushDirectly(options.send), behind: false };
  }

  /** Answers an IQ of type `get` or `set`, in its own time. */
  answer(iq: Element): void {
    if (this.#inFlight.size < MAX_IN_FLIGHT) {
      const answering = this.#answer(iq).finally(() => this.#inFlight.delete(answering));
      this.#inFlight.add(answering);
    } else if (this.#dropped++ % MAX_IN_FLIGHT === 0) {
      const dropped = this.#dropped;
      this.#options.log.warn("requests-dropped", "Too many requests wait for the server to take the answers", {
        dropped,
      });
    }
  }

  /** Requests that are being answered. */
  get inFlight(): number {
    return this.#inFlight.size;
  }

  /** Number of requests that were not even read, since too many were in flight. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Number of requests answered with an error, by its condition. */
  get refused(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#refused);
  }

  /** Resolves when every answer that is under way has left. */
  async answered(): Promise<void> {
    await Promise.all(this.#inFlight);
  }

  async #answer(iq: Element): Promise<void> {
    try {
      await this.seconds.time(async () => await this.#options.send(await this.#replyTo(iq)));
    } catch (error) {
      this.#options.log.debug("reply-lost", "An answer could not be sent", { error });
    }
  }

  #replyTo(iq: Element): Promise<Element> {
    const delegation = iq.getChildElements().find((child) => child.getName() === "delegation");
    const xmlns = delegation?.getNS();
    if (delegation !== undefined && isDelegationNs(xmlns)) return this.#replyToDelegated(iq, xmlns, delegation);
    return this.#reply(iq, this.#options.component, this.#direct);
  }

  /**
   * XEP-0355 §4.3: the answer, an error too, travels as the inner IQ of a result. Only a server that we serve delegates,
   * and it vouches only for what is asked of its own accounts.
   */
  async #replyToDelegated(outer: Element, xmlns: DelegationNs, delegation: Element): Promise<Element> {
    const { links, delegated } = this.#options;
    const host = outer.attrs.from ?? "";
    try {
      if (!links.has(host)) {
        throw new StanzaError("forbidden", "Only a server that this archive serves may delegate to it");
      }
      const inner = readDelegated(delegation);
      const to = inner.attrs.to === undefined ? readAddress(inner, "from").toBare() : readAddress(inner, "to");
      delegated(host, inner);
      const reply = to.domain === host
        ? await this.#reply(inner, to, links.deliver(host, delegation, outer.attrs.id ?? ""))
        : this.#refuseForeign(inner, to);
      return iqResult(outer, writeDelegated(xmlns, reply));
    } catch (error) {
      return this.#refuse(outer, error);
    }
  }

  /** Refuses what is asked of another host's account; the requester hears of it, as servers pass on no other errors. */
  #refuseForeign(inner: Element, to: Jid): Element {
    inner.attrs.to ??= to.toString();
    return this.#refuse(
      inner,
      new StanzaError("forbidden", "A server may delegate requests to its own accounts only"),
    );
  }

  /** Answers one request; `to` is who is asked when the request does not say (RFC 6120 §10.3.3). */
  async #reply(iq: Element, to: Jid, { push, behind, access }: Delivery): Promise<Element> {
    const { id = "", type = "" } = iq.attrs;
    // ejabberd takes an answer only from the very entity that was asked.
    iq.attrs.to ??= to.toString();
    try {
      const payload = iq.getChildElements()[0];
      if (payload === undefined) throw new StanzaError("bad-request", "An <iq/> of this type needs a payload");
      const answer = this.#options.router.findAnswer(type, payload);
      if (answer === undefined) throw new StanzaError("service-unavailable");
      const [from, asked] = [readAddress(iq, "from"), readAddress(iq, "to")];
      const request: Request = {
        ...{ from, to: asked, id, behind, push: (payloads) => push(payloads, request) },
        ...access && { access },
      };
      if (!this.#turns.admits(from.bare)) {
        throw new StanzaError(
          "resource-constraint",
          "Found too many requests at once, expected some to wait for answers",
        );
      }
      return iqResult(iq, await this.#turns.take(from.bare, () => answer(payload, request)));
    } catch (error) {
      return this.#refuse(iq, error);
    }
  }

  /** Anything but a stanza error is a fault of ours: the requester learns that much, the log the rest. */
  #refuse(iq: Element, error: unknown): Element {
    const refusal = refusalOf(error);
    this.#refused.set(refusal.condition, (this.#refused.get(refusal.condition) ?? 0) + 1);
    if (refusal !== error) this.#faults.add({ error });
    return iqError(iq, refusal);
  }
}

/** Pushes to who asked the component directly: one message each, from who was asked. */
function pushDirectly(send: (stanza: Element) => Promise<void>): Push {
  return async (payloads, { from, to }) => {
    const envelope = new Envelope((payload) => message(to, from, payload));
    for (const payload of payloads) await send(envelope.around(payload));
  };
}

/** Converts an error to a refusal. A failure of the store may be over a while later. */
function refusalOf(error: unknown): StanzaError {
  if (error instanceof StanzaError) return error;
  if (!(error instanceof ArchiveStoreError)) return new StanzaError("internal-server-error");
  return new StanzaError("internal-server-error", "The archive is away for the moment", { type: "wait" });
}

function readAddress(iq: Element, name: "from" | "to"): Jid {
  return readJid(attribute(iq, name), `the attribute "${name}"`);
}
