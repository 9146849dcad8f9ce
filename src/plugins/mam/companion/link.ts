/**
 * The link to a host, or to rooms, over a module of Annals' own (scripts/prosody/PROTOCOL.md).
 *
 * @module
 */
import type { LinkFacts } from "../../../runtime/examination.ts";
import type { Access, Delivery, HostLink, MissingGrant, Standing } from "../../../runtime/link.ts";
import type { Context } from "../../../runtime/plugin.ts";
import { probeQueue } from "../../../wire/companion.ts";
import type { Element } from "../../../xml/element.ts";
import { conditionOf } from "../../../xmpp/error.ts";
import { Jid } from "../../../xmpp/jid.ts";
import { message } from "../../../xmpp/stanza.ts";
import { pushPages } from "./pages.ts";

/** Errors by which a host answers that it does not know the question. */
const UNKNOWN: ReadonlySet<string> = new Set(["service-unavailable", "feature-not-implemented"]);

/** Seconds until a module has answered. */
const PATIENCE = 5;

/** Mark of a module on a request that it delegates. */
export interface Mark {
  /** True when the module holds messages for the archive that it has not sent yet. */
  readonly behind: boolean;
  /** Present where the module has decided that the requester may read the archive. */
  readonly access?: Access;
}

/** Reads the mark of a delegated request; `undefined` where it comes over another link. Throws `StanzaError` to refuse it. */
export type ReadMark = (delegation: Element) => Mark | undefined;

/** Open from a greeting of the module to the end of the stream. */
export class CompanionLink implements HostLink {
  readonly host: string;
  readonly expectsCopies = false;
  readonly #context: Pick<Context, "component" | "log" | "send" | "sendIq">;
  readonly #readMark: ReadMark;
  #isOpen = false;
  #hasWarned = false;

  constructor(host: string, context: Pick<Context, "component" | "log" | "send" | "sendIq">, readMark: ReadMark) {
    this.host = host;
    this.#readMark = readMark;
    this.#context = context;
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  get isReady(): boolean {
    return this.#isOpen;
  }

  open(): void {
    this.#isOpen = true;
    this.#hasWarned = false;
  }

  close(): void {
    this.#isOpen = false;
  }

  /** Tells the module something. */
  tell(payload: Element): Promise<void> {
    const { component, send } = this.#context;
    return send(message(component, Jid.of("", this.host), payload));
  }

  /** Warns once a greeting. */
  noteDuplicate(): boolean {
    if (!this.#hasWarned) {
      this.#hasWarned = true;
      const text = "A server sends copies although its module hands messages over; the copies are dropped";
      this.#context.log.warn("copies-superfluous", text, {
        host: this.host,
        hint: "take the rules for copies out of the server's configuration",
      });
    }
    return true;
  }

  /** A module marks what it delegates, and takes whole pages. */
  deliver(delegation: Element, id: string): Delivery | undefined {
    const mark = this.#readMark(delegation);
    return mark && { push: pushPages(this.#context, id), ...mark };
  }

  missing(): readonly MissingGrant[] {
    return [];
  }

  standing(): Promise<Standing> {
    return Promise.resolve("needless");
  }

  /** A module that does not know the question, or has not been welcomed, says so. */
  async examine(timeout: number = PATIENCE): Promise<LinkFacts> {
    const asked = this.#context.sendIq(Jid.of("", this.host), probeQueue, undefined, { timeout });
    const refusal = await conditionOf(asked);
    return { link: "module", stored: refusal === undefined || (UNKNOWN.has(refusal) ? null : false) };
  }
}
