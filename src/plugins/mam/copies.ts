/**
 * Takes the copies that servers hand over, and passes on what is worth archiving.
 *
 * @module
 */
import type { IncomingMessage } from "../../runtime/plugin.ts";
import { describeMessage, type MessageTraits, withoutNamespaces, withoutStanzaIds } from "../../wire/message.ts";
import { readPresence } from "../../wire/presence.ts";
import { forwarded } from "../../wire/xep0297.ts";
import type { Element } from "../../xml/element.ts";
import { serialize } from "../../xml/writer.ts";
import { Jid } from "../../xmpp/jid.ts";
import { asClient, NS_CLIENT } from "../../xmpp/stanza.ts";
import type { Candidate, Verdict } from "./events.ts";
import { Hops } from "./hops.ts";
import type { Incoming } from "./intake.ts";
import { type Owner, ownersOf } from "./owners.ts";
import { Sessions } from "./sessions.ts";
import type { Tally } from "./tally.ts";

export interface CopiesOptions {
  readonly hosts: ReadonlySet<string>;
  readonly tally: Tally;
  readonly now: () => number;
  /** Namespaces whose elements are taken out before a message is archived. */
  readonly stripped: () => ReadonlySet<string>;
  readonly judge: (candidate: Candidate) => Verdict;
  readonly accept: (message: Incoming) => void;
}

/** A copied message, taken apart. */
interface CopiedMessage {
  readonly host: string;
  readonly message: Element;
  readonly traits: MessageTraits;
  readonly from: Jid;
  readonly to: Jid;
  /** Whether the server copies at every hop: mod_service_log gives its wrapper an id, mod_firewall none. */
  readonly perHop: boolean;
}

/** The receiving end of the copies; every one that is not passed on has a counted reason. */
export class Copies {
  readonly #options: CopiesOptions;
  readonly #sessions = new Sessions();
  readonly #hops = new Hops(this.#sessions);

  constructor(options: CopiesOptions) {
    this.#options = options;
  }

  take({ from, element, payload }: IncomingMessage): void {
    const { hosts, tally } = this.#options;
    // A user or a foreign server can send the very same wrapper: only the server itself is believed.
    if (from.toString() !== from.domain || !hosts.has(from.domain)) return tally.add("forged");
    const stanza = clientStanza(payload);
    const sender = stanza.attrs.from;
    if (sender === undefined) return tally.add("no sender");
    const perHop = element.attrs.id !== undefined;
    if (stanza.getName() === "presence") return this.#notePresence(stanza, Jid.parse(sender), from.domain);
    if (stanza.getName() !== "message") return tally.add("not a message");
    const traits = describeMessage(stanza);
    if (traits.wrapper !== undefined) return tally.add(traits.wrapper);
    const account = Jid.parse(sender);
    // RFC 6120 §10.3.1: without an address, a message is to the account of its sender.
    const to = stanza.attrs.to === undefined ? account.toBare() : Jid.parse(stanza.attrs.to);
    this.#archive({ host: from.domain, message: stanza, traits, from: account, to, perHop });
  }

  #archive(copy: CopiedMessage): void {
    const { tally, accept, now, stripped } = this.#options;
    const owners = this.#keepers(copy);
    if (owners.length === 0) return;
    const kept = withoutNamespaces(copy.message, stripped());
    if (kept.getChildElements().length === 0) return tally.add("empty when stripped");
    // XEP-0359 §"Security Considerations": only the archive itself may say under which id it keeps a message.
    const stanza = serialize(withoutStanzaIds(kept, new Set(owners.map(({ account }) => account.bare))));
    if (copy.perHop && this.#isRepetition(copy, stanza)) return tally.add("further copy");
    accept({ time: now(), stanza, owners });
  }

  /** The accounts whose archives the message is fit for. */
  #keepers({ host, message, traits, from, to }: CopiedMessage): Owner[] {
    const { tally, judge } = this.#options;
    const owners = ownersOf(host, from, to);
    if (owners.length === 0) tally.add("no local account");
    return owners.filter(({ direction }) => {
      const verdict = judge({ message, traits, direction, toResource: to.resource !== "" });
      if (verdict !== true) tally.add(verdict);
      return verdict === true;
    });
  }

  #isRepetition({ host, message, traits, from, to }: CopiedMessage, stanza: string): boolean {
    if (from.domain === host) {
      this.#sessions.active(from);
      // What waited offline was copied when its sender sent it; at delivery it bears the server's stamp (XEP-0160 §3).
      if (traits.delay?.from === host) return true;
    }
    return !this.#hops.isFirst(
      host,
      { stanza, id: message.attrs.id, type: traits.type, from, to },
      this.#options.now(),
    );
  }

  /**
   * A session comes by a broadcast; what a room or one other account is sent says nothing. It goes by a broadcast too, or, where
   * its connection just ended, by what the server tells the other accounts in its name.
   */
  #notePresence(stanza: Element, session: Jid, host: string): void {
    this.#options.tally.add("presence");
    const presence = readPresence(stanza);
    if (presence === undefined || session.domain !== host) return;
    const to = stanza.attrs.to === undefined ? session : Jid.parse(stanza.attrs.to);
    if (!presence.available && to.domain === host) this.#sessions.unavailable(session);
    if (presence.available && to.bare === session.bare) this.#sessions.available(session, presence.priority);
  }
}

/** XEP-0297 §3.2, rule 3: where the namespace is missing, that of a client is meant. */
function clientStanza(payload: Element): Element {
  const { stanza } = forwarded.read(payload);
  if (stanza.getNS() === NS_CLIENT) return stanza;
  const copy = asClient(stanza);
  // What is declared around it stays in scope.
  copy.parent = payload;
  return copy;
}
