/**
 * Stores messages in groups: what has arrived commits together, and a commit that is under way gathers the next.
 *
 * @module
 */
import { retry } from "../../lib/pause.ts";
import { setImmediate } from "node:timers/promises";
import type { Log } from "../../log/log.ts";
import { RareLine } from "../../log/rare_line.ts";
import { Histogram } from "../../watch/histogram.ts";
import type { ArchiveStore, NewMessage } from "../../store/archive.ts";
import { checkMessage } from "../../store/check.ts";
import { UnkeepableError } from "../../store/error.ts";
import type { Tally } from "./tally.ts";
import { MAX_WAITING, weightOf } from "./weight.ts";

/** Milliseconds between attempts to store what the store would not take. */
const RETRY = 1000;
/** Messages that commit together. What has waited long must not hold up everything else when it can be stored. */
const MOST = 2000;

/** There is nothing to wait for. */
const DONE = Promise.resolve(true);

/** Messages that are committed together. */
class Group {
  messages: NewMessage[] = [];
  /** Messages that their senders keep until they hear that these are stored. */
  readonly held = new Map<NewMessage, AbortSignal>();
  /** Resolves when nothing is left to be done, or with `false` when what is held must be handed over again. */
  readonly settled = Promise.withResolvers<boolean>();
}

/**
 * Commits messages in groups. Those that the store cannot take (a full disk, say) wait in bounded memory, in order, and
 * is stored when it can be. Beyond the bound, and at the end, what must be given up is counted and logged as lost;
 * nothing is dropped in silence. What a sender holds until it hears that it is stored is bounded by the sender, and not
 * lost by being given up here.
 */
export class GroupCommit {
  /** Durations of the commits. */
  readonly seconds = new Histogram();
  readonly #store: ArchiveStore;
  readonly #tally: Tally;
  readonly #log: Log;
  readonly #closing = new AbortController();
  #current: Group | undefined;
  /** Groups to come, the last of them open. */
  readonly #next: Group[] = [];
  #waiting = 0;
  #running: Promise<void> | undefined;
  #failing = false;
  /** Resolves when it turns out that the store does not take anything for the time being. */
  #refused = Promise.withResolvers<void>();
  readonly #losses: RareLine;
  /** Messages that no store can keep. */
  readonly #unkeepable: RareLine;

  constructor(store: ArchiveStore, tally: Tally, log: Log) {
    this.#store = store;
    this.#tally = tally;
    this.#log = log;
    this.#losses = new RareLine(log, {
      level: "error",
      event: "messages-lost",
      message: "Messages are lost: the store did not take them",
      count: "lost_so_far",
    });
    this.#unkeepable = new RareLine(log, {
      level: "error",
      event: "message-unkeepable",
      message: "A message is lost: no archive can keep it",
      count: "lost_so_far",
    });
  }

  /** Messages that wait for the store, or are on their way into it. */
  get depth(): number {
    return [this.#current, ...this.#next].reduce((sum, group) => sum + (group?.messages.length ?? 0), 0);
  }

  /** True when the store took what it was given last. */
  get accepting(): boolean {
    return !this.#failing;
  }

  /** True when no more may wait. */
  get full(): boolean {
    return this.#waiting > MAX_WAITING;
  }

  /**
   * Adds a message; `held` says that its sender keeps it until it hears that it is stored, and is aborted when it will be
   * handed over again. Resolves with whether the sender need not keep it any longer.
   */
  add(message: NewMessage, held?: AbortSignal): Promise<boolean> {
    // The store refuses a group for one that it can never keep, so such a one must not join the others.
    if (!this.#isKeepable(message)) return DONE;
    if (this.full && !held) {
      this.lose(1);
      return DONE;
    }
    const group = this.#open();
    group.messages.push(message);
    if (held) group.held.set(message, held);
    this.#waiting += weightOf(message);
    this.#running ??= this.#run();
    return group.settled.promise;
  }

  /** Waits for what has been added so far; `false` when the store does not take it for the time being. */
  async settled(): Promise<boolean> {
    const last = this.#next.at(-1) ?? this.#current;
    if (last !== undefined && !this.#failing) await Promise.race([last.settled.promise, this.#refused.promise]);
    return !this.#failing;
  }

  /** Stores what waits; what the store does not take at this last attempt is lost. */
  async close(): Promise<void> {
    this.#closing.abort();
    await this.#running;
    if (!this.#losses.isLogged) this.#losses.write();
  }

  /** Gives messages up. */
  lose(messages: number): void {
    this.#tally.add("lost", messages);
    this.#losses.add({}, messages);
  }

  #isKeepable(message: NewMessage): boolean {
    try {
      checkMessage(message);
      return true;
    } catch (error) {
      if (!(error instanceof UnkeepableError)) throw error;
      this.#tally.add("lost");
      this.#unkeepable.add({ error });
      return false;
    }
  }

  /** The group that what arrives joins. */
  #open(): Group {
    const last = this.#next.at(-1);
    if (last !== undefined && last.messages.length < MOST) return last;
    const group = new Group();
    this.#next.push(group);
    return group;
  }

  #recover(): void {
    this.#next.forEach((group) => this.#shed(group));
    this.#failing = false;
    this.#refused = Promise.withResolvers();
    this.#log.info("store-recovered", "The store takes messages again; what waited is stored");
  }

  async #run(): Promise<void> {
    // Whatever is added in the same turn of the event loop joins the first group, also what had to be decided about first.
    await setImmediate();
    for (let group = this.#next.shift(); group !== undefined; group = this.#next.shift()) {
      this.#current = group;
      const stored = await this.#commit(group);
      const lost = group.messages.length - group.held.size;
      if (stored !== undefined) this.#tally.add("stored", stored);
      else if (lost > 0) this.lose(lost);
      group.settled.resolve(stored !== undefined);
      for (const message of group.messages) this.#waiting -= weightOf(message);
      // Where more than fits in a group has waited, whoever asks for a page meanwhile goes first.
      if (group.messages.length === MOST) await setImmediate();
    }
    this.#current = undefined;
    this.#running = undefined;
  }

  /**
   * Does not go on waiting with what will be handed over again, perhaps to another process: until the store can be reached from
   * here, that one may have stored it, and deleted it with its account.
   */
  #shed(group: Group): void {
    const again = new Set<NewMessage>();
    for (const message of group.messages) {
      if (!group.held.get(message)?.aborted) continue;
      group.held.delete(message);
      again.add(message);
      this.#waiting -= weightOf(message);
    }
    if (again.size > 0) group.messages = group.messages.filter((message) => !again.has(message));
  }

  /** Tries until the store takes the group, and once more when the closing has begun; `undefined` when it did not. */
  async #commit(group: Group): Promise<number | undefined> {
    const failed = (error: unknown) => this.#fail(error);
    const attempt = () => this.#append(group);
    const stored = await retry(attempt, { period: RETRY, signal: this.#closing.signal, failed });
    return stored ?? await attempt().catch((error) => void failed(error));
  }

  async #append(group: Group): Promise<number> {
    if (this.#failing) this.#shed(group);
    const stored = await this.seconds.time(() => this.#store.append(group.messages));
    if (this.#failing) this.#recover();
    return stored;
  }

  #fail(error: unknown): void {
    if (!this.#failing) {
      this.#log.error("store-failed", "The store does not take messages; they wait in memory", { error });
    }
    this.#failing = true;
    this.#refused.resolve();
  }
}
