import type { DatabaseSync } from "node:sqlite";
import type { Extent, Filter, Page, Paging, UnknownId } from "../archive.ts";
import { isBackward, isUnfiltered, pageOf } from "../selection.ts";
import { Count } from "./count.ts";
import { Find } from "./find.ts";
import type { Limits } from "./limits.ts";
import { Lookup } from "./lookup.ts";
import type { State } from "./state.ts";
import { Steps } from "./steps.ts";

/** Answers queries. */
export class Read {
  readonly #lookup: Lookup;
  readonly #find: Find;
  readonly #count: Count;
  readonly #limits: Limits;

  constructor(db: DatabaseSync, state: State, limits: Limits) {
    this.#lookup = new Lookup(db, state);
    this.#find = new Find(db, limits);
    this.#count = new Count(db, limits);
    this.#limits = limits;
  }

  async page(owner: string, filter: Filter, paging: Paging): Promise<Page | UnknownId> {
    const steps = new Steps(this.#limits);
    const archive = this.#lookup.archive(owner);
    const criteria = await this.#lookup.criteria(archive, { filter, paging }, steps);
    if ("unknown" in criteria) return criteria;

    const backward = isBackward(paging);
    const found = await this.#find.entries(criteria, { backward, wanted: paging.max + 1, steps });
    const chosen = found.slice(0, paging.max);
    return pageOf({
      entries: backward ? chosen.reverse() : chosen,
      more: found.length > paging.max,
      count: isUnfiltered(filter) ? archive.entries : undefined,
    }, paging);
  }

  async count(owner: string, filter: Filter): Promise<number | UnknownId> {
    const steps = new Steps(this.#limits);
    const archive = this.#lookup.archive(owner);
    if (isUnfiltered(filter)) return archive.entries;
    const criteria = await this.#lookup.criteria(archive, { filter, paging: {} }, steps);
    return "unknown" in criteria ? criteria : await this.#count.entries(criteria, steps);
  }

  extent(owner: string): Extent | undefined {
    return this.#find.extent(this.#lookup.archive(owner).id);
  }
}
