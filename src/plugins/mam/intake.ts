/**
 * From messages to archive entries: which of its owners keep a message, in the order of arrival.
 *
 * @module
 */
import type { Log } from "../../runtime/log.ts";
import type { NewMessage } from "../../store/archive.ts";
import type { ArchiveId } from "../../store/id.ts";
import type { Owner } from "./owners.ts";

/** Characters of stanzas that may wait for a decision. */
const MAX_WAITING = 16 * 1024 * 1024;

/** What a message takes in memory beside its stanza, as characters: short ones are many. */
const OVERHEAD = 1000;

/** A message for which it is still open which of its owners keep it. */
export interface Incoming {
  /** When it was received, in milliseconds since 1970. */
  readonly time: number;
  readonly stanza: string;
  readonly owners: readonly Owner[];
  /** Whether its sender keeps it until it hears that it is stored; how many such there are is bounded by the sender. */
  readonly held?: boolean;
}

/** Says whether an owner keeps a message: at once, or after the roster has been asked. */
export type Decide = (owner: Owner) => boolean | Promise<boolean>;

export interface IntakeOptions {
  readonly decide: Decide;
  readonly nextId: () => ArchiveId;
  /** Has a message stored; resolves with whether a sender that holds it need not do so any longer. */
  readonly admit: (message: NewMessage, held: boolean) => Promise<boolean>;
  /** Told of a message that is given up, because too many wait for a decision. */
  readonly lose: () => void;
  readonly log: Log;
}

/** Nobody keeps the message, so there is nothing to wait for. */
const DONE = Promise.resolve(true);

/**
 * Order within an archive is the order of arrival (XEP-0313 §"Order of messages"), also where the decision about one
 * message takes longer than that about the next: whatever follows it in one of its archives waits behind it, and nothing
 * else does.
 */
export class Intake {
  readonly #options: IntakeOptions;
  /** The last undecided message of each archive that has one. */
  readonly #undecided = new Map<string, Promise<void>>();
  #waiting = 0;

  constructor(options: IntakeOptions) {
    this.#options = options;
  }

  /** Archives about which there is something to decide. */
  get undecided(): number {
    return this.#undecided.size;
  }

  /** Resolves, when it is decided about the message and it is stored, with what `admit` says of it. */
  accept(message: Incoming): Promise<boolean> {
    const before = message.owners.map(({ account }) => this.#undecided.get(account.bare));
    const decisions = message.owners.map((owner) => this.#decide(owner));
    if (before.every((wait) => wait === undefined) && decisions.every((decision) => typeof decision === "boolean")) {
      return this.#admit(message, decisions);
    }
    if (this.#waiting > MAX_WAITING && !message.held) {
      this.#options.lose();
      return DONE;
    }
    const size = message.stanza.length + OVERHEAD;
    this.#waiting += size;
    const stored = Promise.withResolvers<boolean>();
    const decided = Promise.all(before)
      .then(() => Promise.all(decisions))
      .then((keeps) => stored.resolve(this.#admit(message, keeps)))
      .finally(() => this.#waiting -= size);
    for (const { account } of message.owners) this.#wait(account.bare, decided);
    return stored.promise;
  }

  /** Resolves when it is decided about everything that an archive has been sent so far. */
  async settled(archive: string): Promise<void> {
    await this.#undecided.get(archive);
  }

  /** Resolves when it is decided about everything. */
  async close(): Promise<void> {
    await Promise.all(this.#undecided.values());
  }

  #wait(archive: string, decided: Promise<void>): void {
    const last = decided.then(() => {
      if (this.#undecided.get(archive) === last) this.#undecided.delete(archive);
    });
    this.#undecided.set(archive, last);
  }

  /** A decision that fails keeps nothing: an archive must not hold what its owner may not have wanted. */
  #decide(owner: Owner): boolean | Promise<boolean | undefined> {
    const decision = this.#options.decide(owner);
    if (typeof decision === "boolean") return decision;
    return decision.catch((error) => {
      this.#options.log.error("decision-failed", "A message is not stored: whether to keep it is not known", { error });
      return undefined;
    });
  }

  #admit({ time, stanza, owners, held = false }: Incoming, keeps: readonly (boolean | undefined)[]): Promise<boolean> {
    const { nextId, admit } = this.#options;
    if (held && keeps.includes(undefined)) return Promise.resolve(false);
    const entries = owners.filter((_, index) => keeps[index]).map(({ account, peer, stamp }) => (
      { archive: account.bare, id: stamp?.id ?? nextId(), with: peer.bare, resource: peer.resource }
    ));
    return entries.length > 0 ? admit({ time, stanza, entries }, held) : DONE;
  }
}
