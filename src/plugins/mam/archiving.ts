/**
 * From messages to archives: what the wings of the plugin share.
 *
 * @module
 */
import type { Log } from "../../log/log.ts";
import { optionsChanged } from "../../runtime/plugin.ts";
import type { ArchiveStore } from "../../store/archive.ts";
import { Histogram } from "../../watch/histogram.ts";
import { decider } from "./decide.ts";
import { archiveShouldStore, type Candidate, type Verdict } from "./events.ts";
import { GroupCommit } from "./group_commit.ts";
import { Ids } from "./ids.ts";
import { type Incoming, Intake } from "./intake.ts";
import type { MamContext, MamOptions } from "./options.ts";
import type { Owner, Waited } from "./owners.ts";
import { shouldStore, strippedNamespaces } from "./policy.ts";
import { PreferenceBook } from "./preferences.ts";
import { Retractions } from "./retraction/retractions.ts";
import { Accounts } from "./standard/accounts.ts";
import { wasKept } from "./standard/offline.ts";
import { Tally } from "./tally.ts";

/** The archives, and the way of a message into them: judged, decided about, committed. */
export class Archiving {
  readonly options: MamOptions;
  readonly store: ArchiveStore;
  readonly log: Log;
  readonly roster: MamContext["roster"];
  readonly tally = new Tally();
  /** Durations of the answers to queries. */
  readonly pages = new Histogram();
  readonly book: PreferenceBook;
  readonly ids: Ids;
  readonly accounts: Accounts;
  readonly commit: GroupCommit;
  readonly intake: Intake;
  readonly retractions: Retractions;
  readonly #fire: MamContext["fire"];
  #stripped: ReadonlySet<string>;

  constructor(context: MamContext, store: ArchiveStore) {
    const { options, log, roster } = context;
    this.options = options;
    this.store = store;
    this.log = log;
    this.roster = roster;
    this.#fire = context.fire;
    this.#stripped = strippedNamespaces(options.dont_archive_namespaces);
    context.on(optionsChanged, () => {
      this.#stripped = strippedNamespaces(options.dont_archive_namespaces);
    });
    this.book = new PreferenceBook(store);
    this.ids = new Ids(() => store.newestNumber);
    this.accounts = new Accounts({ store, roster, now: () => performance.now() });
    this.commit = new GroupCommit(store, this.tally, log);
    const decide = decider(this);
    this.retractions = new Retractions({ store, options, rooms: context.rooms, log, now: Date.now });
    this.intake = new Intake({
      decide,
      ids: this.ids,
      commit: {
        add: (message, held) => this.retractions.after(this.commit.add(message, held), message),
        lose: (messages) => this.commit.lose(messages),
      },
      log,
    });
  }

  /** Namespaces whose elements are taken out before a message is archived. */
  get stripped(): ReadonlySet<string> {
    return this.#stripped;
  }

  /** True when no more may wait for a decision or for the store. */
  get full(): boolean {
    return this.commit.full || this.intake.full;
  }

  /** Number of messages, and of archives about which there is something to decide, that are not counted yet. */
  get underWay(): number {
    return this.intake.undecided + this.commit.depth;
  }

  /** Decides if a message is archived: other plugins first, then the policy, unless a module has gone by it already. */
  judge(candidate: Candidate, judged = false, policy: (candidate: Candidate) => Verdict = shouldStore): Verdict {
    return this.#fire(archiveShouldStore, candidate) ?? (judged || policy(candidate));
  }

  /** Has a message stored for those of its owners that keep it; true when its sender need not keep it any longer. */
  accept(message: Incoming): Promise<boolean> {
    return this.intake.accept(message);
  }

  /** Waits for what an archive has been sent; `false` when it has not caught up and cannot for the time being. */
  async settled(archive: string): Promise<boolean> {
    const decided = await this.intake.settled(archive);
    if (!await this.commit.settled()) return false;
    return await this.retractions.settled(archive) && decided;
  }

  /** Tells if an archive has a message, that is delivered late, from when it was sent. */
  async wasKept(owner: Owner, waited: Waited): Promise<boolean> {
    await this.settled(owner.account.bare);
    return await wasKept(this.store, owner, waited);
  }

  /** Decides about and stores what was accepted. */
  async close(): Promise<void> {
    await this.intake.close();
    await this.commit.close();
    await this.retractions.close();
  }
}
