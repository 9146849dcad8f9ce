/**
 * Effects of retractions: each archive's copy of what one names becomes a tombstone.
 *
 * @module
 */
import { Chains } from "../../../lib/chains.ts";
import { pause, retry } from "../../../lib/pause.ts";
import type { Log } from "../../../log/log.ts";
import type { ArchiveStore, NewMessage, WholeEntry } from "../../../store/archive.ts";
import { formatArchiveId } from "../../../store/id.ts";
import { NS } from "../../../wire/xep0424.ts";
import { tryParse } from "../../../xml/parse.ts";
import { serialize } from "../../../xml/writer.ts";
import type { MamOptions } from "../options.ts";
import { RetractionBook } from "./book.ts";
import { Folding } from "./folding.ts";
import { isTombstone, type Place, readRetraction, type Retraction } from "./retraction.ts";
import { findTargets, mayHold } from "./search.ts";
import { tombstoneOf } from "./tombstone.ts";

/** Milliseconds between attempts at what the store would not do. */
const RETRY = 1000;
/** Milliseconds that a page waits for retractions. */
const PATIENCE = 2000;
/** Milliseconds in which another process has stored the message of a retraction, as a rule. */
const RECENT = 600_000;
/** Retractions of an archive that wait for their turn, by default. */
const MOST_WAITING = 100;

export interface RetractionsOptions {
  readonly store: ArchiveStore;
  readonly options: Pick<MamOptions, "retraction" | "retraction_max_age">;
  /** Domains of rooms. */
  readonly rooms: ReadonlySet<string>;
  readonly log: Log;
  readonly now: () => number;
  /** Most retractions of an archive that wait for their turn; each may walk a long conversation. */
  readonly mostWaiting?: number;
}

/** An entry that came into an archive. */
interface Stored extends Pick<WholeEntry, "id" | "time" | "stanza" | "beside" | "with"> {
  readonly archive: string;
}

/**
 * Retracts. What is to be retracted is first written down, and only then is a retraction acknowledged: so it holds whatever happens
 * to this process. Each archive has its turns, in which the store has what was stored before.
 */
export class Retractions {
  readonly #options: RetractionsOptions;
  readonly #book: RetractionBook;
  readonly #folding: Folding;
  /** Work under way, by archive. */
  readonly #turns = new Chains();
  /** Writes of retractions, in the order in which they came: they wait for no search. */
  readonly #notes = new Chains();
  readonly #closing = new AbortController();
  #isLoaded = false;
  /** True when something is to be looked at again. */
  #isBehind = false;
  #isFailing = false;

  constructor(options: RetractionsOptions) {
    this.#options = options;
    this.#book = new RetractionBook(options.store, options.now);
    this.#folding = new Folding(options.store, options.log);
  }

  /**
   * Takes note of a message that is being stored. Resolves as `kept` does, for a retraction once it is written down as well.
   */
  after(kept: Promise<boolean>, message: NewMessage): Promise<boolean> {
    const { stanza, time, beside } = message;
    const entries = message.entries.filter(({ archive }) => this.#concerns(archive, stanza));
    if (entries.length === 0) return kept;
    const noted = entries.map(({ archive, id, with: peer }) => {
      const entry = {
        archive,
        id: formatArchiveId(id),
        time,
        stanza,
        with: peer,
        ...beside !== undefined && { beside },
      };
      return this.#take(entry, kept);
    });
    return Promise.all([kept, ...noted]).then((outcomes) => outcomes.every((fine) => fine));
  }

  /** Takes note of entries that an archive took over, and resolves when their retractions have had their effects. */
  async adopted(archive: string, entries: readonly WholeEntry[]): Promise<void> {
    for (const entry of entries) {
      if (this.#concerns(archive, entry.stanza)) await this.#take({ ...entry, archive }, Promise.resolve(true));
    }
    await this.#turns.settled(archive);
  }

  /** Waits until the retractions in an archive have had their effects; false when that takes longer than a reader should wait. */
  async settled(archive: string): Promise<boolean> {
    if (!this.#turns.has(archive)) return true;
    const over = new AbortController();
    const late = pause(PATIENCE, over.signal);
    await Promise.race([this.#turns.settled(archive), late]);
    over.abort();
    return !await late;
  }

  /** Forgets an archive that is gone. */
  async forget(archive: string): Promise<void> {
    await this.#turns.add(archive, () => this.#notes.add(archive, () => this.#book.forget(archive)));
  }

  /**
   * Reads what waits for its message, and looks for that: another process may have stored it, or this one may have ended in
   * between. Does nothing where neither can be.
   */
  async resume(): Promise<void> {
    const { options, store, now } = this.#options;
    const isAnew = !this.#isLoaded || this.#isBehind;
    if (!options.retraction || !(isAnew || store.shared)) return;
    await this.#book.load();
    this.#isLoaded = true;
    this.#isBehind = false;
    const since = isAnew ? -Infinity : now() - RECENT;
    for (const archive of this.#book.archives) {
      for (const retraction of this.#book.of(archive).filter(({ noted }) => noted >= since)) {
        if (this.#closing.signal.aborted) return;
        await this.#turns.add(archive, () => this.#tryRetract(archive, retraction));
      }
    }
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await this.#notes.settled();
    await this.#turns.settled();
    await this.#folding.close();
  }

  /** True where an entry retracts, or may be retracted: nearly always false. */
  #concerns(archive: string, stanza: string): boolean {
    if (!this.#options.options.retraction) return false;
    return stanza.includes(NS) || this.#turns.has(archive) || this.#book.of(archive).length > 0;
  }

  /** Resolves when a retraction is written down, with false when it could not be. */
  #take(entry: Stored, kept: Promise<boolean>): Promise<boolean> {
    const retraction = entry.stanza.includes(NS) ? this.#read(entry) : undefined;
    if (retraction === undefined) {
      this.#review(entry, kept);
      return Promise.resolve(true);
    }
    const { archive } = entry;
    const noted = this.#notes.add(archive, async () => await kept && await this.#note(archive, retraction));
    this.#queue(archive, async () => {
      if (await noted) await this.#tryRetract(archive, retraction);
    });
    return noted;
  }

  /** Retracts a message that comes after its retraction, or while that may be on its way. */
  #review(entry: Stored, kept: Promise<boolean>): void {
    const { archive, time } = entry;
    if (!this.#turns.has(archive) && this.#awaiting(entry).length === 0) return;
    this.#queue(archive, async () => {
      if (!await kept) return;
      for (const waiting of this.#awaiting(entry)) await this.#tryRetract(archive, waiting, time);
    });
  }

  /** Does work in turn; where too much waits, what is written down waits for the next look. */
  #queue(archive: string, work: () => Promise<void>): void {
    const { mostWaiting = MOST_WAITING } = this.#options;
    if (this.#turns.waiting(archive) < mostWaiting) void this.#turns.add(archive, work);
    else this.#isBehind = true;
  }

  /** Retractions that wait for such an entry, or for one that it corrects. */
  #awaiting({ archive, id, stanza, with: peer }: Stored): readonly Retraction[] {
    const { isRoom } = this.#placeOf(archive);
    return this.#book.of(archive).filter((waiting) => (
      isRoom ? waiting.target === id : waiting.with === peer && mayHold(stanza, [waiting.target])
    ));
  }

  #read({ archive, stanza, ...entry }: Stored): Retraction | undefined {
    const message = tryParse(stanza);
    return message && readRetraction({ ...entry, message }, this.#placeOf(archive));
  }

  #placeOf(archive: string): Place {
    return { archive, isRoom: this.#options.rooms.has(archive.slice(archive.indexOf("@") + 1)) };
  }

  async #note(archive: string, retraction: Retraction): Promise<boolean> {
    const done = await retry(async () => {
      await this.#book.add(archive, retraction);
      return true;
    }, { period: RETRY, signal: this.#closing.signal, failed: (error) => this.#failed(error) });
    return done ?? false;
  }

  /** Retracts; where the store fails, the retraction waits until the next look. */
  async #tryRetract(archive: string, retraction: Retraction, latest = retraction.stamp): Promise<void> {
    try {
      await this.#retract(archive, retraction, latest);
      this.#isFailing = false;
    } catch (error) {
      this.#failed(error);
    }
  }

  async #retract(archive: string, retraction: Retraction, latest: number): Promise<void> {
    const { store, options, log } = this.#options;
    const place = this.#placeOf(archive);
    const maxAge = options.retraction_max_age * 1000;
    const { targets, missing } = await findTargets(retraction, { store, place, maxAge, latest });
    const fresh = targets.filter(({ message }) => !isTombstone(message));
    for (const { id, message } of fresh) {
      await store.rewrite(archive, id, serialize(tombstoneOf(message, retraction)), { overwrite: true });
    }
    if (missing === undefined) await this.#book.remove(archive, retraction);
    else if (missing !== retraction.target) {
      await this.#book.add(archive, { ...retraction, target: missing });
      await this.#book.remove(archive, retraction);
    }
    if (fresh.length === 0) return;
    this.#folding.ask();
    log.debug("retracted", "Messages were replaced by tombstones", { archive, entries: fresh.length });
  }

  #failed(error: unknown): void {
    this.#isBehind = true;
    if (this.#isFailing) return;
    this.#isFailing = true;
    this.#options.log.error("retraction-failed", "A retraction has no effect yet; it is tried again", { error });
  }
}
