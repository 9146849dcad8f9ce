/**
 * Takes the copies that servers hand over, and passes on what is worth archiving.
 *
 * @module
 */
import type { HostLink } from "../../../runtime/link.ts";
import type { IncomingMessage } from "../../../runtime/plugin.ts";
import type { CopyMark } from "../../../store/archive.ts";
import { describeMessage, type MessageTraits, type Wrapper } from "../../../wire/message.ts";
import { readPresence } from "../../../wire/presence.ts";
import { clientStanza, type Forwarded } from "../../../wire/xep0297.ts";
import type { Element } from "../../../xml/element.ts";
import type { Jid } from "../../../xmpp/jid.ts";
import { RECIPIENT } from "./accounts.ts";
import type { Archiving } from "../archiving.ts";
import { Hops } from "./hops.ts";
import { endsOf, textKept } from "../kept.ts";
import { LeftOut } from "../left_out.ts";
import { waitedIn } from "./offline.ts";
import { type Owner, ownersOf } from "../owners.ts";
import { RoomCopies } from "./room_copies.ts";
import { Sessions } from "./sessions.ts";

export interface CopiesOptions {
  readonly hosts: ReadonlySet<string>;
  readonly archiving: Pick<Archiving, "tally" | "stripped" | "judge" | "accept"> & {
    readonly accounts: Pick<Archiving["accounts"], "saw">;
  };
  /** The link to a host. */
  readonly linkTo: (host: string) => Pick<HostLink, "noteDuplicate"> | undefined;
  readonly now: () => number;
}

/** A copied message, taken apart. */
interface CopiedMessage {
  readonly host: string;
  readonly message: Element;
  readonly traits: MessageTraits;
  readonly from: Jid;
  readonly to: Jid;
  /** True when the server copies at every hop: mod_service_log gives its wrapper an id, mod_firewall none. */
  readonly perHop: boolean;
  /** The resource of ours that it is addressed to: what the server says of the recipient (`RECIPIENT`). */
  readonly recipient: string;
}

/** The receiving end of the copies; every one that is not passed on has a counted reason. */
export class Copies {
  readonly #options: CopiesOptions;
  readonly #sessions = new Sessions();
  readonly #hops = new Hops(this.#sessions);
  readonly #roomCopies = new RoomCopies();
  readonly #leftOut = new LeftOut();
  #taken = 0;

  constructor(options: CopiesOptions) {
    this.#options = options;
  }

  /** Number of copies handed over. */
  get taken(): number {
    return this.#taken;
  }

  take(copy: IncomingMessage<Forwarded>): void {
    const { element } = copy;
    this.#taken++;
    const { hosts, archiving: { tally } } = this.#options;
    const host = element.attrs.from ?? "";
    // A user or a foreign server can send the very same wrapper: only the server itself is believed, by its exact name.
    if (!hosts.has(host)) return tally.add("forged");
    if (this.#options.linkTo(host)?.noteDuplicate()) return tally.add("copy beside companion");
    const stanza = clientStanza(copy.read().stanza);
    const kind = stanza.getName();
    if (kind !== "message" && kind !== "presence") return tally.add("not a message");
    const ends = endsOf(stanza);
    if (ends === undefined) return tally.add("unreadable address");
    const { from, to } = ends;
    if (kind === "presence") return this.#notePresence(stanza, { host, session: from, to });
    const traits = describeMessage(stanza);
    if (traits.wrapper !== undefined && isFromServer(traits.wrapper, { from, to })) return tally.add(traits.wrapper);
    const perHop = element.attrs.id !== undefined;
    const recipient = resourceOf(element.attrs.to ?? "");
    this.#archive({ host, message: stanza, traits, from, to, perHop, recipient });
  }

  #archive(copy: CopiedMessage): void {
    const { archiving, now } = this.#options;
    const { tally } = archiving;
    if (this.#roomCopies.isRepeated(copy.message, copy, now())) return tally.add("further copy");
    const owners = this.#keepers(copy);
    if (owners.length === 0) return;
    const { stanza, skipped } = textKept(copy.message, owners, archiving.stripped);
    if (stanza === undefined) return tally.add(skipped);
    if (!copy.perHop) return void archiving.accept({ time: now(), stanza, owners });
    const mark = this.#markFirst(copy, stanza);
    const lacking = mark === undefined ? [] : whoMayLack(copy, owners);
    if (mark === undefined || lacking.length === 0) return tally.add("further copy");
    archiving.accept({ time: now(), stanza, owners: lacking, copy: mark });
  }

  /** The accounts whose archives the message is fit for. */
  #keepers(copy: CopiedMessage): Owner[] {
    const { host, message, traits, from, to } = copy;
    const { archiving } = this.#options;
    const { tally } = archiving;
    const owners = ownersOf(host, from, to);
    if (owners.length === 0) tally.add("no local account");
    return owners.filter((owner) => {
      this.#noteAccount(copy, owner);
      const { direction } = owner;
      const isUnknown = direction === "incoming" && copy.recipient === RECIPIENT.unknown;
      const verdict = isUnknown ? "unknown account" : archiving.judge({
        message,
        traits,
        direction,
        toResource: to.resource !== "",
        answersLeftOut: traits.type === "error" && this.#leftOut.has(owner.account.bare, message.attrs.id),
      });
      if (verdict !== true) tally.add(verdict);
      if (verdict !== true && direction === "outgoing") this.#leftOut.add(owner.account.bare, message.attrs.id);
      return verdict === true;
    });
  }

  /** Servers write errors in the name of accounts, also of those that do not exist. */
  #noteAccount({ traits, recipient }: CopiedMessage, { account, direction }: Owner): void {
    const isShown = direction === "outgoing" ? traits.type !== "error" : recipient === RECIPIENT.known;
    if (isShown) this.#options.archiving.accounts.saw(account.bare);
  }

  #markFirst({ host, message, traits, from, to }: CopiedMessage, stanza: string): CopyMark | undefined {
    return this.#hops.markFirst(
      host,
      { stanza, id: message.attrs.id, type: traits.type, from, to },
      this.#options.now(),
    );
  }

  /**
   * A session comes by a broadcast; what a room or one other account is sent says nothing. It goes by a broadcast too, or, where
   * its connection just ended, by what the server tells the other accounts in its name.
   */
  #notePresence(stanza: Element, { host, session, to }: { host: string; session: Jid; to: Jid }): void {
    this.#options.archiving.tally.add("presence");
    const presence = readPresence(stanza);
    if (presence === undefined || session.domain !== host) return;
    if (!presence.available && to.domain === host) this.#sessions.unavailable(session);
    if (presence.available && to.bare === session.bare) {
      this.#sessions.available(session, presence.priority);
      this.#options.archiving.accounts.saw(session.bare);
    }
  }
}

/** Returns the resource of an address of the component, which has no user. */
function resourceOf(address: string): string {
  const slash = address.indexOf("/");
  return slash === -1 ? "" : address.slice(slash + 1);
}

/**
 * Reports whether a wrapper is the server's own. Anybody can write one; then the message is an ordinary one, as it is for
 * clients (XEP-0280 §"Security Considerations").
 */
function isFromServer(wrapper: Wrapper, { from, to }: { from: Jid; to: Jid }): boolean {
  const isToComponent = wrapper === "delegation" || wrapper === "privilege";
  return isToComponent ? from.local === "" : from.isBare && from.bare === to.bare;
}

/**
 * Returns those whose archives may lack a message: of one that waited offline, which was copied when its sender sent it, the
 * recipient. Who forges the server's stamp keeps a message out of his own archive, which a hint (XEP-0334) does as well.
 */
function whoMayLack({ host, message, traits, from }: CopiedMessage, owners: readonly Owner[]): readonly Owner[] {
  if (from.domain !== host || traits.delay?.from !== host) return owners;
  const waited = waitedIn(message, traits, host);
  if (waited === undefined) return [];
  return owners.filter(({ direction }) => direction === "incoming").map((owner) => ({ ...owner, waited }));
}
