/**
 * Finds the messages that a retraction takes along. There is no index on the ids of messages, so the conversation is walked.
 *
 * @module
 */
import { networkTurn } from "../../../lib/next_turn.ts";
import type { ArchiveReader, Entry, Filter, Paging } from "../../../store/archive.ts";
import { correctedBy, NS as NS_CORRECT } from "../../../wire/xep0308.ts";
import type { Element } from "../../../xml/element.ts";
import { tryParse } from "../../../xml/parse.ts";
import { type Author, authorInRoom, authorOf, isSameAuthor } from "./author.ts";
import { isRetraction, type Place, type Retraction } from "./retraction.ts";

/** Entries of one page of a walk. */
const PAGE = 200;
/** Most entries that are looked at for a message, and for corrections of it. */
const MOST_WALKED = 100_000;
const MOST = 5000;
/** Most corrections of corrections that are followed back. */
const MOST_STEPS = 10;
/** Milliseconds by which a message may come after its retraction. */
const LATE = 86_400_000;

/** Ids that look the same in XML. */
const PLAIN = /^[\w.:@/=+~-]*$/;

/** A message of an archive that may be retracted. */
export interface Target {
  /** The archive id. */
  readonly id: string;
  readonly message: Element;
  readonly author: Author;
}

/** Messages that a retraction takes along. */
export interface Found {
  readonly targets: readonly Target[];
  /** Id of a message that is not there: it may still come. */
  readonly missing?: string | undefined;
}

export interface SearchOptions {
  readonly store: Pick<ArchiveReader, "page">;
  readonly place: Place;
  /** Milliseconds that a message may be older than its retraction. */
  readonly maxAge: number;
  /** Time of the latest message that may be meant. */
  readonly latest: number;
}

/** Finds the message that is named, what it corrects, and what corrects it, all by the same author. */
export async function findTargets(retraction: Retraction, options: SearchOptions): Promise<Found> {
  const search = new Search(retraction, options);
  const named = await search.named();
  if (named === undefined) {
    // Corrections of a message that is not there yet.
    const corrections = options.place.isRoom ? [] : await search.corrections([retraction.target], undefined);
    return { targets: corrections, missing: retraction.target };
  }
  if (retraction.moderated === undefined && !isSameAuthor(named.author, retraction.author)) return { targets: [] };
  const { chain, missing } = await search.corrected(named);
  const first = chain.at(-1) ?? named;
  const ids = [...chain.flatMap(({ message }) => message.attrs.id ?? []), ...missing === undefined ? [] : [missing]];
  const later = ids.length === 0 ? [] : await search.corrections(ids, first, named.author);
  const targets = new Map([...chain, ...later].map((target) => [target.id, target]));
  return { targets: [...targets.values()], missing: options.place.isRoom ? undefined : missing };
}

/** Reports whether a stanza may hold one of these ids, as far as can be told without reading it. */
export function mayHold(stanza: string, ids: readonly string[]): boolean {
  return ids.some((id) => !PLAIN.test(id) || stanza.includes(id));
}

class Search {
  readonly #retraction: Retraction;
  readonly #options: SearchOptions;
  readonly #filter: Filter;

  constructor(retraction: Retraction, options: SearchOptions) {
    this.#retraction = retraction;
    this.#options = options;
    const start = retraction.stamp - options.maxAge;
    this.#filter = {
      ...!options.place.isRoom && { with: retraction.with },
      ...Number.isFinite(start) && { start },
    };
  }

  /** The message that is named; in accounts the nearest of the author's with that id. */
  async named(): Promise<Target | undefined> {
    const { target, author } = this.#retraction;
    const { store, place, latest } = this.#options;
    if (place.isRoom) {
      const page = await store.page(place.archive, { ids: [target] }, { max: 1 });
      const entry = "unknown" in page ? undefined : page.entries[0];
      const isOld = entry !== undefined && entry.time < (this.#filter.start ?? -Infinity);
      return entry === undefined || isOld ? undefined : this.#read(entry);
    }
    const filter = { ...this.#filter, end: latest + LATE };
    return await this.#first({ filter, paging: { before: "" }, author, id: target, most: MOST_WALKED });
  }

  /** A message, and those that it corrects, back to the first. */
  async corrected(named: Target): Promise<{ chain: Target[]; missing?: string | undefined }> {
    const chain = [named];
    for (let last: Target | undefined = named; last !== undefined && chain.length < MOST_STEPS;) {
      const id = correctedBy(last.message);
      if (id === undefined) return { chain };
      last = await this.#first({
        filter: this.#filter,
        paging: { before: last.id },
        author: named.author,
        id,
        most: MOST,
      });
      if (last === undefined) return { chain, missing: id };
      chain.push(last);
    }
    return { chain };
  }

  /** Messages that correct one with such an id, from a message on, or all that there are. */
  async corrections(
    ids: readonly string[],
    from: Target | undefined,
    author = this.#retraction.author,
  ): Promise<Target[]> {
    const wanted = [...ids];
    const found: Target[] = [];
    const filter = from === undefined ? { ...this.#filter, end: this.#options.latest + LATE } : this.#filter;
    for await (const entry of this.#walk(filter, from === undefined ? { before: "" } : { after: from.id }, MOST)) {
      if (!entry.stanza.includes(NS_CORRECT) || !mayHold(entry.stanza, wanted)) continue;
      const target = this.#read(entry);
      const corrects = target && correctedBy(target.message);
      if (target === undefined || corrects === undefined || !wanted.includes(corrects)) continue;
      if (!isSameAuthor(target.author, author)) continue;
      found.push(target);
      if (target.message.attrs.id !== undefined) wanted.push(target.message.attrs.id);
    }
    return found;
  }

  async #first({ filter, paging, author, id, most }: {
    readonly filter: Filter;
    readonly paging: Omit<Paging, "max">;
    readonly author: Author;
    readonly id: string;
    readonly most: number;
  }): Promise<Target | undefined> {
    for await (const entry of this.#walk(filter, paging, most)) {
      if (!mayHold(entry.stanza, [id])) continue;
      const target = this.#read(entry);
      if (target?.message.attrs.id === id && isSameAuthor(target.author, author)) return target;
    }
    return undefined;
  }

  /**
   * Walks an archive from a place on, a page at a time.
   *
   * @yields at most so many entries, the nearest first
   */
  async *#walk(filter: Filter, paging: Omit<Paging, "max">, most: number): AsyncGenerator<Entry> {
    const { store, place: { archive } } = this.#options;
    const backward = paging.before !== undefined;
    let next = paging;
    for (let left = most; left > 0; left -= PAGE) {
      const page = await store.page(archive, filter, { ...next, max: Math.min(left, PAGE) });
      if ("unknown" in page) return;
      yield* backward ? page.entries.toReversed() : page.entries;
      const last = page.entries.at(backward ? 0 : -1);
      if (page.complete || last === undefined) return;
      next = backward ? { before: last.id } : { after: last.id };
      await networkTurn();
    }
  }

  /** A message that may be retracted; `undefined` for what is kept as it is. */
  #read({ id, stanza, beside }: Entry): Target | undefined {
    const { archive, isRoom } = this.#options.place;
    const message = tryParse(stanza);
    const type = message?.attrs.type;
    if (message === undefined || type === "error" || (type === "groupchat") !== isRoom) return undefined;
    if (isRetraction(message)) return undefined;
    return { id, message, author: isRoom ? authorInRoom(beside) : authorOf(message, archive) };
  }
}
