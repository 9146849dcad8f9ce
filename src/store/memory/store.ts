import type {
  Adoption,
  ArchiveStore,
  DatumChange,
  Expired,
  Extent,
  Filter,
  NewMessage,
  Page,
  Paging,
  Preferences,
  UnknownId,
  WholeEntry,
} from "../archive.ts";
import type { Chronicle, Due, Happening, Span, Survey } from "../figures.ts";
import { checkDatum, checkMessage, checkStanza, checkWhole } from "../check.ts";
import { type ArchiveId, firstNumberAt, formatArchiveId } from "../id.ts";
import { placesFor } from "../place.ts";
import { isBackward, isUnfiltered, type Locate, pageOf, selectionOf } from "../selection.ts";
import { countWithin, entryOf, type Held, locate, matches, placeOf, textOf } from "./held.ts";

/** One array an archive, in order; everything else is a walk over it. */
export class MemoryStore implements ArchiveStore {
  readonly description = "memory";
  readonly shared = false;
  readonly size = { database: 0, log: 0, free: 0 };
  sweptAt = 0;
  readonly #archives = new Map<string, Held[]>();
  /** By owner, each by the text of its id. */
  readonly #positions = new Map<string, Map<string, ArchiveId>>();
  readonly #preferences = new Map<string, Preferences>();
  /** By space, each by its key. */
  readonly #data = new Map<string, Map<string, string>>();
  readonly #connections = new Map<number, Span>();
  readonly #counted = new Map<string, number>();
  #newest = 0;

  get newestNumber(): number {
    return this.#newest;
  }

  // deno-lint-ignore require-await -- what is wrong with a batch must come as a rejection
  async append(batch: readonly NewMessage[]): Promise<number> {
    batch.forEach(checkMessage);
    for (const message of batch) {
      for (const entry of message.entries) this.#add({ ...entry, message });
      for (const { archive, id } of message.positions ?? []) this.#addPosition(archive, id);
    }
    return batch.filter(({ entries }) => entries.length > 0).length;
  }

  // deno-lint-ignore require-await -- the same
  async adopt(archive: string, entries: readonly WholeEntry[], after?: string): Promise<Adoption> {
    entries.forEach(checkWhole);
    const held = this.#archives.get(archive) ?? [];
    const numbers = new Map(held.map((entry) => [textOf(entry), entry.id.number]));
    const places = placesFor(entries, {
      located: (id) => numbers.get(id),
      taken: (number) => held.find(({ id }) => id.number >= number)?.id.number ?? Infinity,
    }, after);
    let added = 0;
    for (const [index, place] of [...places].entries()) {
      const entry = entries[index];
      if (place === undefined || entry === undefined) continue;
      const { given, ...id } = place;
      this.#add({ ...entry, archive, id, message: entry, ...given !== undefined && { given } });
      added++;
    }
    return { added, held: entries.length - added };
  }

  async *entries(archive: string): AsyncIterable<WholeEntry> {
    for (const entry of this.#archives.get(archive) ?? []) {
      yield { ...entryOf(entry), with: entry.with, resource: entry.resource };
    }
  }

  async page(archive: string, filter: Filter, paging: Paging): Promise<Page | UnknownId> {
    const held = this.#archives.get(archive) ?? [];
    const selection = await selectionOf(filter, paging, (ids) => locate(held, ids), this.#locator(archive));
    if ("unknown" in selection) return selection;
    const matching = held.filter((entry) => matches(entry, filter, selection));
    const chosen = isBackward(paging) ? matching.slice(-paging.max) : matching.slice(0, paging.max);
    return pageOf({
      entries: chosen.map(entryOf),
      more: matching.length > chosen.length,
      count: () => isUnfiltered(filter) ? held.length : countWithin(held, filter, selection),
    }, paging);
  }

  async count(archive: string, filter: Filter): Promise<number | UnknownId> {
    const held = this.#archives.get(archive) ?? [];
    const selection = await selectionOf(filter, {}, (ids) => locate(held, ids), this.#locator(archive));
    if ("unknown" in selection) return selection;
    return held.filter((entry) => matches(entry, filter, selection)).length;
  }

  extent(archive: string): Promise<Extent | undefined> {
    const held = this.#archives.get(archive) ?? [];
    const [first, last] = [held.at(0), held.at(-1)].map((entry) => entry && placeOf(entry));
    return Promise.resolve(first && last && { first, last });
  }

  expire(before: number, limit: number): Promise<Expired> {
    const old = [...this.#archives.values()].flat().filter(({ id }) => id.number < firstNumberAt(before));
    const gone = new Set(old.sort((a, b) => a.id.number - b.id.number).slice(0, limit));
    for (const [archive, held] of this.#archives) {
      const kept = held.filter((entry) => !gone.has(entry));
      if (kept.length > 0) this.#archives.set(archive, kept);
      else this.#archives.delete(archive);
    }
    this.#dropPositions(({ number }) => number < firstNumberAt(before));
    return Promise.resolve({ entries: gone.size, more: old.length > gone.size });
  }

  trim(keep: number, limit: number): Promise<Expired> {
    let left = limit;
    for (const [archive, held] of this.#archives) {
      const gone = held.splice(0, Math.min(left, Math.max(0, held.length - keep)));
      left -= gone.length;
      const last = gone.at(-1)?.id.number ?? -Infinity;
      this.#dropPositions(({ number }, owner) => owner === archive && number < last);
    }
    for (const [owner, positions] of this.#positions) {
      const newest = new Set([...positions.values()].sort((a, b) => b.number - a.number).slice(0, keep));
      this.#dropPositions((id, other) => other === owner && !newest.has(id));
    }
    return Promise.resolve({ entries: limit - left, more: left === 0 });
  }

  noteSweep(time: number): Promise<void> {
    this.sweptAt = time;
    return Promise.resolve();
  }

  note({ connected, counted }: Happening): Promise<void> {
    if (connected !== undefined) this.#connections.set(connected.began, connected);
    for (const [word, count] of Object.entries(counted)) {
      this.#counted.set(word, (this.#counted.get(word) ?? 0) + count);
    }
    return Promise.resolve();
  }

  chronicle(): Promise<Chronicle> {
    return Promise.resolve({
      connections: [...this.#connections.values()],
      counted: Object.fromEntries(this.#counted),
    });
  }

  survey(): Promise<Survey> {
    const held = [...this.#archives.values()].filter((entries) => entries.length > 0);
    const inOrder = held.flat().sort((a, b) => a.id.number - b.id.number);
    return Promise.resolve({
      archives: held.length,
      entries: inOrder.length,
      oldest: inOrder.at(0)?.message.time,
      newest: inOrder.at(-1)?.message.time,
    });
  }

  due(before: number, keep: number): Promise<Due> {
    let [expired, beyond] = [0, 0];
    for (const held of this.#archives.values()) {
      const old = held.filter(({ id }) => id.number < firstNumberAt(before)).length;
      expired += old;
      beyond += Math.max(0, held.length - old - keep);
    }
    return Promise.resolve({ expired, beyond });
  }

  forget(archive: string, ids: readonly string[]): Promise<number> {
    const held = this.#archives.get(archive) ?? [];
    const named = new Set(ids);
    const kept = held.filter((entry) => !named.has(textOf(entry)));
    if (kept.length > 0) this.#archives.set(archive, kept);
    else this.#archives.delete(archive);
    this.#dropPositions((id, owner) => owner === archive && named.has(formatArchiveId(id)));
    return Promise.resolve(held.length - kept.length);
  }

  // deno-lint-ignore require-await -- what cannot be kept must come as a rejection
  async rewrite(archive: string, id: string, stanza: string): Promise<boolean> {
    checkStanza(stanza);
    const held = this.#archives.get(archive) ?? [];
    const place = held.findIndex((entry) => textOf(entry) === id);
    const entry = held[place];
    if (entry === undefined) return false;
    held[place] = { ...entry, message: { ...entry.message, stanza } };
    return true;
  }

  owners(domain: string, after: string, limit: number): Promise<string[]> {
    const all = new Set([...this.#archives, ...this.#positions, ...this.#preferences].map(([owner]) => owner));
    const following = [...all].filter((owner) => owner > after && owner.endsWith(`@${domain}`));
    return Promise.resolve(following.sort().slice(0, limit));
  }

  deleteArchive(archive: string): Promise<number> {
    const entries = this.#archives.get(archive)?.length ?? 0;
    this.#archives.delete(archive);
    this.#positions.delete(archive);
    this.#preferences.delete(archive);
    return Promise.resolve(entries);
  }

  positions(archive: string, after: number, limit: number): Promise<ArchiveId[]> {
    const all = [...this.#positions.get(archive)?.values() ?? []].sort((a, b) => a.number - b.number);
    return Promise.resolve(all.filter(({ number }) => number > after).slice(0, limit));
  }

  datum(space: string, key: string): Promise<string | undefined> {
    return Promise.resolve(this.#data.get(space)?.get(key));
  }

  dataKeys(space: string, after: string, limit: number): Promise<string[]> {
    const keys = [...this.#data.get(space)?.keys() ?? []].sort();
    return Promise.resolve(keys.filter((key) => key > after).slice(0, limit));
  }

  dataSpaces(): Promise<string[]> {
    return Promise.resolve([...this.#data].filter(([, held]) => held.size > 0).map(([space]) => space).sort());
  }

  // deno-lint-ignore require-await -- what cannot be kept must come as a rejection
  async changeDatum(space: string, key: string, change: DatumChange): Promise<boolean> {
    checkDatum(space, key, change);
    const held = this.#data.get(space) ?? new Map<string, string>();
    if (held.get(key) !== change.from) return false;
    this.#data.set(space, held);
    if (change.to === undefined) held.delete(key);
    else held.set(key, change.to);
    return true;
  }

  preferences(archive: string): Promise<Preferences | undefined> {
    return Promise.resolve(this.#preferences.get(archive));
  }

  setPreferences(archive: string, preferences: Preferences): Promise<void> {
    this.#preferences.set(archive, structuredClone(preferences));
    return Promise.resolve();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return Promise.resolve();
  }

  /** Most entries are the newest of their archive, so their place is looked for from the end. */
  #add(entry: Held): void {
    const held = this.#archives.get(entry.archive) ?? [];
    const place = 1 + held.findLastIndex(({ id }) => id.number <= entry.id.number);
    if (held[place - 1]?.id.number === entry.id.number) return;
    held.splice(place, 0, entry);
    this.#archives.set(entry.archive, held);
    this.#newest = Math.max(this.#newest, entry.id.number);
  }

  #addPosition(archive: string, id: ArchiveId): void {
    const positions = this.#positions.get(archive) ?? new Map<string, ArchiveId>();
    if ([...positions.values()].some(({ number }) => number === id.number)) return;
    this.#positions.set(archive, positions.set(formatArchiveId(id), id));
    this.#newest = Math.max(this.#newest, id.number);
  }

  #locator(archive: string): Locate {
    return (ids) => {
      const positions = this.#positions.get(archive);
      return Promise.resolve(
        new Map(ids.flatMap((text) => {
          const id = positions?.get(text);
          return id === undefined ? [] : [[text, id.number]];
        })),
      );
    };
  }

  #dropPositions(isGone: (id: ArchiveId, owner: string) => boolean): void {
    for (const [owner, positions] of this.#positions) {
      for (const [text, id] of positions) if (isGone(id, owner)) positions.delete(text);
      if (positions.size === 0) this.#positions.delete(owner);
    }
  }
}
