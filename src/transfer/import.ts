/**
 * Puts what was read of other archives into this one.
 *
 * @module
 */
import type { WholeEntry } from "../store/archive.ts";
import type { EntryItem, Item, PreferencesItem } from "./item.ts";
import type { Summary } from "./summary.ts";
import type { Target } from "./target.ts";

/** By how many milliseconds the clock of another server may have been ahead. */
const MOST_AHEAD = 86_400_000;

/** The numbers of archive ids do not go further back than 1950. */
const EARLIEST = Date.UTC(1950);

/** Options of an import. */
export interface ImportOptions {
  readonly target: Target;
  /** Domains whose users' archives are taken. */
  readonly hosts: ReadonlySet<string>;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Counts of the import. */
  readonly summary: Summary;
  /** Aborted when it is to end early; what was read by then is kept. */
  readonly signal?: AbortSignal;
  /** Told now and then that there is something new to be shown. */
  readonly progress?: () => void;
}

/**
 * Takes items one after the other, in bounded memory. What this archive holds already stays as it is, so an import that was
 * cut off is done again; and where the items end in an error, everything ahead of it is kept.
 */
export async function importItems(items: Iterable<Item> | AsyncIterable<Item>, options: ImportOptions): Promise<void> {
  const intake = new Intake(options);
  try {
    for await (const item of items) {
      if (options.signal?.aborted) break;
      if (item.kind === "entry") await intake.entry(item);
      else if (item.kind === "preferences") await intake.preferences(item);
      else options.summary.skip(item.reason);
    }
  } finally {
    await intake.flush();
  }
}

/** Gathers the entries of one owner after the other into lists that are stored together. */
class Intake {
  readonly #options: ImportOptions;
  #owner = "";
  #waiting: WholeEntry[] = [];
  #characters = 0;
  /** The id of the last entry of this owner that was stored. */
  #after: string | undefined;

  constructor(options: ImportOptions) {
    this.#options = options;
  }

  async entry({ owner, entry }: EntryItem): Promise<void> {
    const objection = this.#objection(owner) ?? timeObjection(entry, this.#options.now);
    if (objection !== undefined) return this.#options.summary.skip(objection);
    await this.#turnTo(owner);
    this.#waiting.push(entry);
    this.#characters += entry.stanza.length;
    const { most } = this.#options.target;
    if (this.#waiting.length === most.entries || this.#characters > most.characters) await this.flush();
  }

  /** Preferences that somebody has set here are newer than those that come from elsewhere. */
  async preferences({ owner, preferences }: PreferencesItem): Promise<void> {
    const { target, summary } = this.#options;
    const objection = this.#objection(owner);
    if (objection !== undefined) return summary.skip(objection);
    const { added, held } = await target.adoptPreferences(owner, preferences);
    summary.preferences.taken += added;
    summary.preferences.held += held;
  }

  /** Stores what waits. */
  async flush(): Promise<void> {
    const { target, summary, progress } = this.#options;
    const entries = this.#waiting;
    if (entries.length === 0) return;
    this.#waiting = [];
    this.#characters = 0;
    const { added, held } = await target.adopt(this.#owner, entries, this.#after);
    this.#after = entries.at(-1)?.id;
    summary.messages.taken += added;
    summary.messages.held += held;
    if (added > 0) summary.oldest = entries.reduce((oldest, { time }) => Math.min(oldest, time), summary.oldest);
    progress?.();
  }

  async #turnTo(owner: string): Promise<void> {
    if (owner === this.#owner) return;
    await this.flush();
    this.#owner = owner;
    this.#after = undefined;
    this.#options.summary.archives++;
  }

  #objection(owner: string): string | undefined {
    const host = owner.slice(owner.indexOf("@") + 1);
    return this.#options.hosts.has(host) ? undefined : `of ${host}, which is none of the hosts`;
  }
}

/** An entry of the future would push the ids of all to come ahead of the clock. */
function timeObjection({ time }: WholeEntry, now: number): string | undefined {
  if (time > now + MOST_AHEAD) return "of a time that is still to come";
  return time >= EARLIEST ? undefined : "of a time that cannot be";
}
