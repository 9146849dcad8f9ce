/**
 * Retractions whose message is not there: it may still come. They are kept in the database, and found in memory.
 *
 * @module
 */
import { createHash } from "node:crypto";
import type { ArchiveStore } from "../../../store/archive.ts";
import { everyKey, updateDatum } from "../../../store/several_calls.ts";
import { isSameAuthor } from "./author.ts";
import type { Retraction } from "./retraction.ts";

const SPACE = "mam/retractions";

/** Most retractions of an archive, and of one author in it; the oldest give way. */
const MOST = 50;
const MOST_OF_AUTHOR = 10;
/** Milliseconds after which a message does not come any more. */
const PASSED = 30 * 86_400_000;
/** Characters of a bare JID that is a key as it is; of a longer one, the digest is. */
const MOST_KEY = 500;

/** A retraction that waits, and since when, in milliseconds since 1970. */
export interface Open extends Retraction {
  readonly noted: number;
}

interface Page {
  readonly archive: string;
  readonly open: readonly Open[];
}

export class RetractionBook {
  readonly #store: Pick<ArchiveStore, "datum" | "dataKeys" | "changeDatum">;
  readonly #now: () => number;
  readonly #pages = new Map<string, readonly Open[]>();

  constructor(store: Pick<ArchiveStore, "datum" | "dataKeys" | "changeDatum">, now: () => number) {
    this.#store = store;
    this.#now = now;
  }

  /** Archives that have any. */
  get archives(): readonly string[] {
    return [...this.#pages.keys()];
  }

  /** Retractions of an archive, the oldest first. */
  of(archive: string): readonly Open[] {
    return this.#pages.get(archive) ?? [];
  }

  /** Reads all of them anew: other processes may have changed them. An archive that this one changes meanwhile stays as it is. */
  async load(): Promise<void> {
    const before = new Map(this.#pages);
    const read = new Map<string, readonly Open[]>();
    for await (const key of everyKey(this.#store, SPACE)) {
      const page = readPage(await this.#store.datum(SPACE, key));
      if (page !== undefined && page.open.length > 0) read.set(page.archive, page.open);
    }
    for (const archive of new Set([...before.keys(), ...read.keys()])) {
      if (this.#pages.get(archive) === before.get(archive)) this.#put(archive, read.get(archive) ?? []);
    }
  }

  /** Adds a retraction; one that is there already stays once. */
  async add(archive: string, retraction: Retraction): Promise<void> {
    await this.#change(archive, (open) => {
      const others = open.filter((other) => !isSame(other, retraction));
      const own = others.filter(({ author }) => isSameAuthor(author, retraction.author));
      const tooMany = own.slice(0, Math.max(0, own.length + 1 - MOST_OF_AUTHOR));
      return [...others.filter((other) => !tooMany.includes(other)), { ...retraction, noted: this.#now() }].slice(
        -MOST,
      );
    });
  }

  async remove(archive: string, retraction: Retraction): Promise<void> {
    await this.#change(archive, (open) => open.filter((other) => !isSame(other, retraction)));
  }

  /** Forgets an archive. */
  async forget(archive: string): Promise<void> {
    await this.#change(archive, () => []);
  }

  async #change(archive: string, change: (open: readonly Open[]) => readonly Open[]): Promise<void> {
    const due = this.#now() - PASSED;
    const text = await updateDatum(this.#store, SPACE, keyOf(archive), (before) => {
      const open = change(readPage(before)?.open ?? []).filter(({ noted }) => noted >= due);
      return open.length === 0 ? undefined : JSON.stringify({ archive, open } satisfies Page);
    });
    this.#put(archive, readPage(text)?.open ?? []);
  }

  #put(archive: string, open: readonly Open[]): void {
    if (open.length === 0) this.#pages.delete(archive);
    else this.#pages.set(archive, open);
  }
}

function readPage(text: string | undefined): Page | undefined {
  return text === undefined ? undefined : JSON.parse(text) as Page;
}

function isSame(one: Retraction, other: Retraction): boolean {
  return one.target === other.target && one.with === other.with && one.id === other.id &&
    (isSameAuthor(one.author, other.author) || (one.moderated !== undefined && other.moderated !== undefined));
}

function keyOf(archive: string): string {
  return archive.length > MOST_KEY ? createHash("sha256").update(archive).digest("base64") : archive;
}
