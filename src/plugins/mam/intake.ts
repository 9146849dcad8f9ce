/**
 * From messages to archive entries: which of its owners keep a message, in the order of arrival.
 *
 * @module
 */
import { pause, retry } from "../../lib/pause.ts";
import type { Log } from "../../log/log.ts";
import { RareLine } from "../../log/rare_line.ts";
import type { CopyMark, NewEntry, Position } from "../../store/archive.ts";
import type { GroupCommit } from "./group_commit.ts";
import type { Ids } from "./ids.ts";
import type { Owner, Stamp } from "./owners.ts";
import { MAX_WAITING, weightOf } from "./weight.ts";

/** Milliseconds between attempts to decide. */
const RETRY = 1000;

/** A message for which it is still open which of its owners keep it. */
export interface Incoming {
  /** When it was received, in milliseconds since 1970. */
  readonly time: number;
  readonly stanza: string;
  /** Facts about the sender that are kept beside the stanza. */
  readonly beside?: string;
  readonly owners: readonly Owner[];
  /** Owners that do not keep it, but may have been told its id. */
  readonly passed?: readonly Owner[];
  /** Mark of a copy, where the server hands over several of a message. */
  readonly copy?: CopyMark;
  /**
   * Signal of a sender that keeps the message until it hears that it is stored: aborted when it will be handed over
   * again. How many such there are is bounded by the sender.
   */
  readonly held?: AbortSignal;
}

/** Says whether an owner keeps a message: at once, or after the roster has been asked. */
export type Decide = (owner: Owner) => boolean | Promise<boolean>;

export interface IntakeOptions {
  readonly decide: Decide;
  readonly ids: Pick<Ids, "next">;
  readonly commit: Pick<GroupCommit, "add" | "lose">;
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
  readonly #closing = new AbortController();
  #waiting = 0;
  /** Decisions that failed and are tried again. */
  #retrying = 0;
  /** Resolves when a decision turns out to fail for the time being. */
  #failed = Promise.withResolvers<void>();
  readonly #failures: RareLine;

  constructor(options: IntakeOptions) {
    this.#options = options;
    this.#failures = new RareLine(options.log, {
      level: "error",
      event: "decision-failed",
      message: "A message waits, since the decision to keep it failed; trying again",
      count: "failed_so_far",
    });
  }

  /** Archives about which there is something to decide. */
  get undecided(): number {
    return this.#undecided.size;
  }

  /** True when nothing waits because its decision failed. */
  get deciding(): boolean {
    return this.#retrying === 0;
  }

  /** True when no more may wait for a decision. */
  get full(): boolean {
    return this.#waiting > MAX_WAITING;
  }

  /** Resolves, when it is decided about the message and it is stored, with what the commit says of it. */
  accept(message: Incoming): Promise<boolean> {
    const concerned = [...message.owners, ...message.passed ?? []];
    const before = concerned.map(({ account }) => this.#undecided.get(account.bare));
    const decisions = message.owners.map((owner) => this.#decide(owner, message.held));
    if (before.every((wait) => wait === undefined) && decisions.every((decision) => typeof decision === "boolean")) {
      return this.#admit(message, decisions);
    }
    if (this.full && !message.held) {
      this.#options.commit.lose(1);
      return DONE;
    }
    const size = weightOf(message);
    this.#waiting += size;
    const stored = Promise.withResolvers<boolean>();
    const decided = Promise.all(before)
      .then(() => Promise.all(decisions))
      .then((keeps) => stored.resolve(this.#admit(message, keeps)))
      .finally(() => this.#waiting -= size);
    for (const { account } of concerned) this.#wait(account.bare, decided);
    return stored.promise;
  }

  /** Waits until it is decided about all that an archive has been sent so far; `false` when decisions fail for the time being. */
  async settled(archive: string): Promise<boolean> {
    const undecided = this.#undecided.get(archive);
    if (undecided === undefined) return true;
    let decided = false;
    if (this.deciding) await Promise.race([undecided.then(() => decided = true), this.#failed.promise]);
    return decided;
  }

  /** Resolves when it is decided about everything; what fails from here on is not tried again. */
  async close(): Promise<void> {
    this.#closing.abort();
    await Promise.all(this.#undecided.values());
  }

  #wait(archive: string, decided: Promise<void>): void {
    const last = decided.then(() => {
      if (this.#undecided.get(archive) === last) this.#undecided.delete(archive);
    });
    this.#undecided.set(archive, last);
  }

  /** A decision that fails is tried until the end, and then keeps nothing: the owner may not have wanted it. */
  #decide(owner: Owner, held: AbortSignal | undefined): boolean | Promise<boolean | undefined> {
    const decision = this.#options.decide(owner);
    return typeof decision === "boolean" ? decision : decision.catch((error) => this.#retry(owner, error, held));
  }

  async #retry(owner: Owner, error: unknown, held: AbortSignal | undefined): Promise<boolean | undefined> {
    const closing = this.#closing.signal;
    const signal = held === undefined ? closing : AbortSignal.any([closing, held]);
    if (this.#retrying++ === 0) {
      this.#failures.add({ error });
      this.#failed.resolve();
    }
    try {
      await pause(RETRY, signal);
      return await retry(async () => await this.#options.decide(owner), { period: RETRY, signal, failed: () => {} });
    } finally {
      if (--this.#retrying === 0) this.#recover();
    }
  }

  #recover(): void {
    this.#failed = Promise.withResolvers();
    if (this.#failures.isLogged && !this.#closing.signal.aborted) {
      this.#options.log.info(
        "decision-recovered",
        "Decisions about messages succeed again; the messages that waited are stored",
      );
    }
  }

  /** Admits a message. An owner that turns out not to keep it keeps the id that the owner's clients were told. */
  #admit(
    { owners, passed = [], held, ...message }: Incoming,
    keeps: readonly (boolean | undefined)[],
  ): Promise<boolean> {
    const { ids, commit } = this.#options;
    if (keeps.includes(undefined)) {
      if (held) return Promise.resolve(false);
      commit.lose(1);
    }
    const entries = owners.filter((_, index) => keeps[index]).map((owner) => entryOf(owner, ids));
    const others = owners.filter((_, index) => keeps[index] === false);
    const positions = [...passed, ...others].flatMap(({ account, stamp }): Position[] => (
      stamp === undefined ? [] : [{ archive: account.bare, id: stamp.id }]
    ));
    if (positions.length === 0) return entries.length > 0 ? commit.add({ ...message, entries }, held) : DONE;
    const { time, stanza } = entries.length > 0 ? message : { time: message.time, stanza: "" };
    return commit.add({ time, stanza, entries, positions }, held);
  }
}

function entryOf({ account, peer, stamp }: Owner, ids: Pick<Ids, "next">): NewEntry {
  return { archive: account.bare, with: peer.bare, resource: peer.resource, ...idOf(stamp, ids) };
}

/** An id that was made elsewhere has been told to clients already; nobody knows of one that is made here. */
function idOf(stamp: Stamp | undefined, ids: Pick<Ids, "next">): Pick<NewEntry, "id" | "provisional"> {
  return stamp === undefined ? { id: ids.next(), provisional: true } : { id: stamp.id };
}
