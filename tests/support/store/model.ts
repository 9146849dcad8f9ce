/**
 * Model that every store is compared with.
 *
 * @module
 */
import { assertEquals } from "@std/assert";
import type { ArchiveStore, Expired, Filter, NewMessage, Paging, WholeEntry } from "../../../src/store/archive.ts";
import { EPOCH, firstNumberAt, formatArchiveId } from "../../../src/store/id.ts";

export const OWNERS = ["romeo@montague.example", "juliet@capulet.example", "nurse@capulet.example"];

/** An entry, as it is asked for and as it lies. */
export interface Row {
  readonly archive: string;
  readonly number: number;
  readonly id: string;
  readonly time: number;
  readonly stanza: string;
  readonly peer: string;
  readonly resource: string;
}

/** An id under which nothing is kept. */
export type Place = Pick<Row, "archive" | "number" | "id">;

/** The archive as the simplest thing that could work. */
export class Model {
  rows: Row[] = [];
  positions: Place[] = [];
  newest = 0;
  /** The latest time that a sweep went by. */
  swept = EPOCH;
  /** True when archives were left untrimmed: a sweep that goes on from there skips later entries. */
  untrimmed = false;

  /** Reports whether an entry from elsewhere has the number of one of these, which a store may then leave out. */
  collides(batch: readonly NewMessage[]): boolean {
    return batch.some(({ entries }) =>
      entries.some(({ archive, id }) => (
        this.rows.some((row) => row.archive === archive && row.number === id.number && row.id !== formatArchiveId(id))
      ))
    );
  }

  append(batch: readonly NewMessage[]): void {
    for (const { time, stanza, entries, positions = [] } of batch) {
      for (const { archive, id, with: peer, resource } of entries) {
        if (this.rows.some((row) => row.archive === archive && row.number === id.number)) continue;
        this.rows.push({ archive, number: id.number, id: formatArchiveId(id), time, stanza, peer, resource });
        this.newest = Math.max(this.newest, id.number);
      }
      for (const { archive, id } of positions) {
        this.newest = Math.max(this.newest, id.number);
        if (this.positions.some((place) => place.archive === archive && place.number === id.number)) continue;
        this.positions.push({ archive, number: id.number, id: formatArchiveId(id) });
      }
    }
    this.rows.sort((a, b) => a.number - b.number);
    this.positions.sort((a, b) => a.number - b.number);
  }

  /** Adds new entries behind those that precede them in the list, at the first number that is free and due; returns how many. */
  adopt(archive: string, entries: readonly WholeEntry[], after: string | undefined): number {
    const own = () => this.rows.filter((row) => row.archive === archive);
    const before = own().length;
    let last = own().find(({ id }) => id === after)?.number ?? -Infinity;
    for (const { with: peer, ...entry } of entries) {
      const held = own().find(({ id }) => id === entry.id);
      if (held === undefined) {
        let number = Math.max(last + 1, firstNumberAt(entry.time));
        const taken = new Set(own().map((row) => row.number));
        while (taken.has(number)) number++;
        this.rows.push({ ...entry, archive, number, peer });
        this.newest = Math.max(this.newest, number);
      }
      last = Math.max(last, own().find(({ id }) => id === entry.id)?.number ?? last);
    }
    this.rows.sort((a, b) => a.number - b.number);
    return own().length - before;
  }

  /** Loses what a sweep took: of each archive the oldest. Which archive is first is the store's own affair. */
  async lose(store: ArchiveStore, { entries, more, due }: Expired & { readonly due: readonly Row[] }): Promise<void> {
    const lost: Row[] = [];
    for (const owner of OWNERS) {
      const own = this.rows.filter(({ archive }) => archive === owner);
      lost.push(...own.slice(0, own.length - Number(await store.count(owner, {}))));
    }
    assertEquals(lost.filter((row) => !due.includes(row)), []);
    assertEquals(lost.length, entries);
    if (!more) assertEquals(lost.length, due.length);
    this.rows = this.rows.filter((row) => !lost.includes(row));
  }

  /** Loses the positions that a sweep took, which must have been due. */
  async losePositions(store: ArchiveStore, isDue: (place: Place) => boolean): Promise<void> {
    for (const owner of OWNERS) {
      const left = new Set((await store.positions(owner, -1, 1000)).map(formatArchiveId));
      const lost = this.positions.filter(({ archive, id }) => archive === owner && !left.has(id));
      assertEquals(lost.filter((place) => !isDue(place)), []);
      this.positions = this.positions.filter((place) => !lost.includes(place));
      assertEquals(left.size, this.positions.filter((place) => place.archive === owner).length);
    }
  }

  /** The number of an id from which an archive can be paged. */
  place(archive: string, id: string): number | undefined {
    return [...this.rows, ...this.positions].find((place) => place.archive === archive && place.id === id)?.number;
  }

  matching(archive: string, { with: peer, resource, start, end, afterId, beforeId, ids }: Filter): Row[] | string {
    const own = this.rows.filter((row) => row.archive === archive);
    const [above, below] = [afterId, beforeId].map((id) => id === undefined ? undefined : this.place(archive, id));
    if (afterId !== undefined && above === undefined) return afterId;
    if (beforeId !== undefined && below === undefined) return beforeId;
    for (const id of ids ?? []) if (!own.some((row) => row.id === id)) return id;
    return own.filter(({ number, ...row }) => (
      (peer === undefined || (row.peer === peer && (resource === undefined || row.resource === resource))) &&
      (start === undefined || row.time >= start) && (end === undefined || row.time <= end) &&
      (above === undefined || number > above) && (below === undefined || number < below) &&
      (ids === undefined || ids.includes(row.id))
    ));
  }

  page(archive: string, filter: Filter, { max, after, before }: Paging): { rows: Row[]; complete: boolean } | string {
    const matching = this.matching(archive, filter);
    if (typeof matching === "string") return matching;
    const bounds = [after, before || undefined].map((id) => id && this.place(archive, id)) as (number | undefined)[];
    for (const [index, id] of [after, before || undefined].entries()) {
      if (id !== undefined && bounds[index] === undefined) return id;
    }
    const [above = -Infinity, below = Infinity] = bounds;
    const rest = matching.filter(({ number }) => number > above && number < below);
    const rows = before === undefined ? rest.slice(0, max) : rest.slice(-max);
    return { rows, complete: rows.length === rest.length };
  }
}
