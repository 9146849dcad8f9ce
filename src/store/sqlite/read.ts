import type { DatabaseSync } from "node:sqlite";
import type { Extent, Filter, Page, Paging, UnknownId } from "../archive.ts";
import { isBackward, isUnfiltered, pageOf } from "../selection.ts";
import { Fetch } from "./fetch.ts";
import type { Limits } from "./limits.ts";
import { type Criteria, Lookup } from "./lookup.ts";
import { Scan } from "./scan.ts";
import type { State } from "./state.ts";
import { Steps } from "./steps.ts";

/** Reads pages: what matches is found among the entries, and only what the page shows is fetched with its messages. */
export class Read {
  readonly #lookup: Lookup;
  readonly #fetch: Fetch;
  readonly #scan: Scan;

  constructor(db: DatabaseSync, state: State, limits: Limits) {
    this.#lookup = new Lookup(db, state);
    this.#fetch = new Fetch(db);
    this.#scan = new Scan(db, limits);
  }

  async page(owner: string, filter: Filter, paging: Paging): Promise<Page | UnknownId> {
    const steps = new Steps();
    const archive = this.#lookup.archive(owner);
    const criteria = await this.#lookup.criteria(archive, { filter, paging }, steps);
    if ("unknown" in criteria) return criteria;

    const walk = { backward: isBackward(paging), wanted: paging.max + 1, steps };
    const found = isRange(criteria)
      ? await this.#fetch.range(criteria, walk)
      : await this.#fetch.numbers(criteria, await this.#scan.find(criteria, walk), steps);
    const chosen = found.slice(0, paging.max);
    return pageOf({
      entries: walk.backward ? chosen.reverse() : chosen,
      more: found.length > paging.max,
      count: isUnfiltered(filter) ? archive.entries : undefined,
    }, paging);
  }

  async count(owner: string, filter: Filter): Promise<number | UnknownId> {
    const steps = new Steps();
    const archive = this.#lookup.archive(owner);
    if (isUnfiltered(filter)) return archive.entries;
    const criteria = await this.#lookup.criteria(archive, { filter, paging: {} }, steps);
    return "unknown" in criteria ? criteria : await this.#scan.count(criteria, steps);
  }

  extent(owner: string): Extent | undefined {
    return this.#fetch.extent(this.#lookup.archive(owner).id);
  }
}

/** Whether all that lies between the bounds matches. */
function isRange({ start, end, numbers, correspondents }: Criteria): boolean {
  return start === -Infinity && end === Infinity && numbers === undefined && correspondents === undefined;
}
