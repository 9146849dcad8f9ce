import type { Extent, Filter, Page, Paging, UnknownId } from "../archive.ts";
import {
  type Bounds,
  isBackward,
  isUnfiltered,
  type Locate,
  pageOf,
  type Selection,
  selectionOf,
} from "../selection.ts";
import { countAll, countEntries } from "./count.ts";
import { between, matching } from "./criteria.ts";
import type { Queries } from "./connection/session.ts";
import { findAmong, findEntries, findExtent } from "./find.ts";
import { claimedNumbers, locateIds } from "./ids.ts";
import { locatePositions } from "./positions.ts";

/** Answers what is asked about one archive, on one server. */
export class Read {
  readonly #queries: Queries;

  constructor(queries: Queries) {
    this.#queries = queries;
  }

  /** One statement; one more beside it where ids are named, and another where those are not where their form says. */
  async page(owner: string, filter: Filter, paging: Paging): Promise<Page | UnknownId> {
    const criteria = matching(owner, filter);
    const backward = isBackward(paging);
    // One more than was asked for says whether there are more.
    const find = (selection: Selection) => {
      const wanted = between(selection, filter, criteria);
      return findEntries(this.#queries, wanted, {
        backward,
        wanted: paging.max + 1,
        ...!isUnfiltered(filter) &&
          { counted: between(selection.matching, filter, { ...criteria, parameters: wanted.parameters }) },
      });
    };
    const claimed = await selectionOf(filter, paging, claimedNumbers);
    const [selection, early] = await Promise.all([
      selectionOf(filter, paging, ...this.#locators(owner)),
      "unknown" in claimed || claimed.numbers !== undefined ? undefined : find(claimed),
    ]);
    if ("unknown" in selection) return selection;
    const { found, count } = selection.numbers !== undefined
      ? { found: await findAmong(this.#queries, criteria, selection.numbers), count: undefined }
      : early !== undefined && isSame(selection, claimed)
      ? early
      : await find(selection);
    return pageOf({
      entries: backward ? found.slice(-paging.max) : found.slice(0, paging.max),
      more: found.length > paging.max,
      count: () => count,
    }, paging);
  }

  async count(owner: string, filter: Filter): Promise<number | UnknownId> {
    if (isUnfiltered(filter)) return await countAll(this.#queries, owner);
    const selection = await selectionOf(filter, {}, ...this.#locators(owner));
    if ("unknown" in selection) return selection;
    const criteria = matching(owner, filter);
    return selection.numbers === undefined
      ? await countEntries(this.#queries, between(selection, filter, criteria))
      : await countEntries(this.#queries, criteria, selection.numbers);
  }

  #locators(owner: string): readonly [entries: Locate, positions: Locate] {
    return [(ids) => locateIds(this.#queries, owner, ids), (ids) => locatePositions(this.#queries, owner, ids)];
  }

  async extent(owner: string): Promise<Extent | undefined> {
    return await findExtent(this.#queries, owner);
  }
}

function isSame(selection: Selection, claimed: Selection | UnknownId): boolean {
  return !("unknown" in claimed) && isEqual(selection, claimed) && isEqual(selection.matching, claimed.matching);
}

function isEqual(one: Bounds, other: Bounds): boolean {
  return one.above === other.above && one.below === other.below;
}
