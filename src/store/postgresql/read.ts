import type { Extent, Filter, Page, Paging, UnknownId } from "../archive.ts";
import { isBackward, isUnfiltered, pageOf, selectionOf } from "../selection.ts";
import { countAll, countEntries } from "./count.ts";
import { between, matching } from "./criteria.ts";
import type { Queries } from "./session.ts";
import { findAmong, findEntries, findExtent } from "./find.ts";
import { locateIds } from "./ids.ts";

/** Answers what is asked about one archive, on one server. */
export class Read {
  readonly #queries: Queries;

  constructor(queries: Queries) {
    this.#queries = queries;
  }

  /** One statement, and one more where ids are named. */
  async page(owner: string, filter: Filter, paging: Paging): Promise<Page | UnknownId> {
    const selection = await selectionOf(filter, paging, (ids) => locateIds(this.#queries, owner, ids));
    if ("unknown" in selection) return selection;
    const criteria = matching(owner, filter);
    const backward = isBackward(paging);
    // One more than was asked for says whether there are more.
    const { found, held } = selection.numbers === undefined
      ? await findEntries(this.#queries, between(selection, filter, criteria), { backward, wanted: paging.max + 1 })
      : { found: await findAmong(this.#queries, criteria, selection.numbers), held: undefined };
    return pageOf({
      entries: backward ? found.slice(-paging.max) : found.slice(0, paging.max),
      more: found.length > paging.max,
      count: isUnfiltered(filter) ? held : undefined,
    }, paging);
  }

  async count(owner: string, filter: Filter): Promise<number | UnknownId> {
    if (isUnfiltered(filter)) return await countAll(this.#queries, owner);
    const selection = await selectionOf(filter, {}, (ids) => locateIds(this.#queries, owner, ids));
    if ("unknown" in selection) return selection;
    const criteria = matching(owner, filter);
    return selection.numbers === undefined
      ? await countEntries(this.#queries, between(selection, filter, criteria))
      : await countEntries(this.#queries, criteria, selection.numbers);
  }

  async extent(owner: string): Promise<Extent | undefined> {
    return await findExtent(this.#queries, owner);
  }
}
