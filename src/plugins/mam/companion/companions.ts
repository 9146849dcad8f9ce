/**
 * The modules inside servers that hand messages over, stamped and acknowledged (scripts/prosody/PROTOCOL.md): which hosts
 * have one on this stream, and what they are told.
 *
 * @module
 */
import type { IncomingMessage, Request } from "../../../runtime/plugin.ts";
import { nextTurn } from "../../../lib/next_turn.ts";
import { userPreferences, VERSION, type Welcome } from "../../../wire/companion.ts";
import type { Greeting } from "../../../wire/companion_rooms.ts";
import { ack } from "../../../wire/companion_handover.ts";
import type { ArchivingPreferences } from "../../../wire/xep0441.ts";
import type { Element } from "../../../xml/element.ts";
import { StanzaError } from "../../../xmpp/error.ts";
import { Jid } from "../../../xmpp/jid.ts";
import { Deletions } from "./deletions.ts";
import type { Archiving } from "../archiving.ts";
import { REFUSALS } from "../errors.ts";
import { Handover } from "./handover.ts";
import type { Incoming } from "../intake.ts";
import type { MamContext } from "../options.ts";
import type { Residents } from "./residents.ts";

/** Reasons of modules: those of `policy.ts` and of preferences, and those that only they meet. */
const MODULE_REASONS = new Set([
  ...["hint", "headline", "groupchat", "error", "no content", "empty when stripped", "further copy"],
  ...["preference", "not in roster", "unknown account", "too large", "another module"],
]);

/** A host has a module from its greeting to the end of the stream. */
export class Companions {
  readonly #context: MamContext;
  readonly #archiving: Archiving;
  readonly #deletions: Deletions;
  readonly #residents: ReadonlyMap<string, Residents>;
  readonly #handovers = new Map<string, Handover>();
  /** Complaints already made on this stream: others must not be able to fill the log. */
  readonly #complaints = new Set<string>();
  #taken = 0;
  /** The settings that modules know of. */
  #told: string;

  /** `residents` are those of each host that may have a module. */
  constructor(context: MamContext, archiving: Archiving, residents: readonly Residents[]) {
    this.#context = context;
    this.#archiving = archiving;
    this.#deletions = new Deletions(archiving);
    this.#residents = new Map(residents.map((each) => [each.host, each]));
    for (const { link } of residents) context.addLink(link);
    this.#told = this.#settings();
  }

  /** Number of entries handed over. */
  get taken(): number {
    return this.#taken;
  }

  /** Number of hosts that have a module. */
  get count(): number {
    return this.#handovers.size;
  }

  /** Takes a greeting. Where a host greets again, its module was loaded again. */
  greet({ version, rooms }: Greeting, residents: Residents): Welcome {
    const { host, link } = residents;
    const { log } = this.#context;
    const { ids } = this.#archiving;
    if (version !== VERSION) {
      const refusal = REFUSALS.version(version);
      log.error("companion-version", refusal.text, {
        host,
        hint: 'take the module that "annals companion" prints',
      });
      throw refusal;
    }
    // A domain is of one kind: else accounts would be served as rooms are.
    if ((rooms ?? false) !== residents.areRooms) throw REFUSALS.notModule();
    // What it handed over before may wait in memory still, and will be handed over again: the window bounds one stream only.
    if (this.#archiving.full) throw REFUSALS.full();
    this.#handovers.get(host)?.end();
    this.#handovers.set(host, this.#handover(residents));
    link.open();
    log.info("companion-greeted", "The module of the server hands messages over", { host });
    return residents.welcome(ids.newest);
  }

  /** Returns the residents whose host asks the component. Throws `forbidden` for anyone but a host itself, and for who asks an account. */
  residentsOf({ from, to }: Pick<Request, "from" | "to">): Residents {
    const residents = this.residentsAt(from);
    if (residents !== undefined && to.equals(this.#context.component)) return residents;
    this.complain(from.toString());
    throw REFUSALS.notModule();
  }

  /** Returns the residents of a host; `undefined` for anyone else. */
  residentsAt(from: Jid): Residents | undefined {
    return this.#residents.get(from.toString());
  }

  /** The handover that a message belongs to; `undefined` when it is nobody's who may hand anything over. */
  handoverOf({ from }: Pick<IncomingMessage, "from">): Handover | undefined {
    const host = from.toString();
    const handover = this.#handovers.get(host);
    if (handover === undefined) {
      this.#archiving.tally.add(this.#residents.has(host) ? "not greeted" : "forged");
      this.complain(host);
    }
    return handover;
  }

  /** Says once a stream that somebody speaks as a module who is none, or has not greeted. */
  complain(from: string): void {
    if (this.#complaints.has("refused")) return;
    this.#complaints.add("refused");
    this.#context.log.warn(
      "companion-refused",
      "Rejected a companion message: its sender is not in `hosts` or `rooms`",
      {
        from,
      },
    );
  }

  /** Tells the module of an account's host what the user prefers from here on; nothing where the policy holds. */
  async tellPreferences(account: Jid, preferences: ArchivingPreferences | undefined): Promise<void> {
    const link = this.#residents.get(account.domain)?.link;
    if (!link?.isOpen) return;
    // An answer about what the user preferred before must not leave after this.
    await nextTurn();
    await link.tell(userPreferences.write({ user: account.local, ...preferences && { preferences } }));
  }

  /** Tells all modules what the operator has changed. */
  async tellSettings(): Promise<void> {
    const current = this.#settings();
    if (this.#told === current) return;
    this.#told = current;
    const open = [...this.#residents.values()].filter(({ link }) => link.isOpen);
    await Promise.all(open.map((residents) => residents.link.tell(residents.settingsElement())));
  }

  /** Counts messages that a module has left out. It may be a newer one, with reasons that are not known here. */
  countSkipped(counts: ReadonlyMap<string, number>): void {
    for (const [reason, count] of counts) {
      this.#archiving.tally.add(MODULE_REASONS.has(reason) ? reason : "other", count);
    }
  }

  /** Ends what holds for one stream. */
  streamEnded(): void {
    for (const { link } of this.#residents.values()) link.close();
    for (const handover of this.#handovers.values()) handover.end();
    this.#handovers.clear();
    this.#complaints.clear();
  }

  /** Resolves when modules have been told all that is stored. */
  async close(): Promise<void> {
    await Promise.all([...this.#handovers.values()].map((handover) => handover.settled()));
    await this.#deletions.settled();
  }

  #settings(): string {
    return JSON.stringify([...this.#residents.values()].map((each) => each.settings()));
  }

  #handover(residents: Residents): Handover {
    const { host, link } = residents;
    const { log, signal } = this.#context;
    return new Handover({
      take: (entry, ending) => this.#take(entry, residents, ending),
      forget: (user, ending) => this.#forget(user, residents, AbortSignal.any([signal, ending])),
      acknowledge: (seq) => link.tell(ack.write(seq)),
      log: log.child({ host }),
    });
  }

  #take(element: Element, residents: Residents, ending: AbortSignal): Promise<boolean> {
    this.#taken++;
    const { host } = residents;
    const { tally, log } = this.#archiving;
    try {
      const { incoming, skipped } = residents.readEntry(element);
      if (skipped !== undefined) tally.add(skipped);
      return this.#admit(incoming, ending);
    } catch (error) {
      if (!(error instanceof StanzaError)) throw error;
      tally.add("malformed");
      if (!this.#complaints.has(host)) {
        log.warn("entry-malformed", "A module handed over a malformed entry", { host, error });
      }
      this.#complaints.add(host);
      return this.#takePassed(element, residents, ending);
    }
  }

  /** Nothing of a malformed entry is kept but its ids, where it says whose they are. */
  #takePassed(element: Element, residents: Residents, ending: AbortSignal): Promise<boolean> {
    try {
      return this.#admit(residents.readPassed(element), ending);
    } catch (error) {
      if (!(error instanceof StanzaError)) throw error;
      return Promise.resolve(true);
    }
  }

  #admit(incoming: Incoming, held: AbortSignal): Promise<boolean> {
    for (const { stamp } of [...incoming.owners, ...incoming.passed ?? []]) {
      if (stamp !== undefined) this.#archiving.ids.saw(stamp.id);
    }
    return this.#archiving.accept({ ...incoming, held });
  }

  async #forget(user: string, residents: Residents, signal: AbortSignal): Promise<boolean> {
    const owner = Jid.tryOf(user, residents.host);
    // What is no name here has no archive here.
    if (owner === undefined) return true;
    if (!await this.#deletions.forget(owner.bare, signal)) return false;
    await this.#archiving.retractions.forget(owner.bare);
    await residents.forget(owner.bare);
    return true;
  }
}
