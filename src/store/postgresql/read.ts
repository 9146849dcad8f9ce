import type { Extent, Filter, Page, Paging, UnknownId } from "../archive.ts";
import { isBackward, isUnfiltered, pageOf, selectionOf } from "../selection.ts";
import { countEntries } from "./count.ts";
import { criteriaOf } from "./criteria.ts";
import type { Queries } from "./database.ts";
import { findAmong, findEntries, findExtent } from "./find.ts";
import { locateIds } from "./ids.ts";
import { keyOf } from "./owner.ts";

/** What is known of an archive before it is looked into. */
interface Known {
  readonly id: number;
  readonly entries: number;
}

/** No archive has this number. */
const NONE: Known = { id: 0, entries: 0 };

/** Answers what is asked about one archive, on one server. */
export class Read {
  readonly #queries: Queries;

  constructor(queries: Queries) {
    this.#queries = queries;
  }

  async page(owner: string, filter: Filter, paging: Paging): Promise<Page | UnknownId> {
    const archive = await this.#archive(owner);
    const selection = await selectionOf(filter, paging, (ids) => locateIds(this.#queries, archive.id, ids));
    if ("unknown" in selection) return selection;
    const criteria = criteriaOf(selection, filter);
    const backward = isBackward(paging);
    // One more than was asked for says whether there are more.
    const walk = { backward, wanted: paging.max + 1 };
    const found = selection.numbers === undefined
      ? await findEntries(this.#queries, archive.id, criteria, walk)
      : await findAmong(this.#queries, archive.id, criteria, selection.numbers);
    return pageOf({
      entries: backward ? found.slice(-paging.max) : found.slice(0, paging.max),
      more: found.length > paging.max,
      count: isUnfiltered(filter) ? archive.entries : undefined,
    }, paging);
  }

  async count(owner: string, filter: Filter): Promise<number | UnknownId> {
    const archive = await this.#archive(owner);
    const selection = await selectionOf(filter, {}, (ids) => locateIds(this.#queries, archive.id, ids));
    if ("unknown" in selection) return selection;
    if (isUnfiltered(filter)) return archive.entries;
    return await countEntries(this.#queries, archive.id, criteriaOf(selection, filter), selection.numbers);
  }

  async extent(owner: string): Promise<Extent | undefined> {
    return await findExtent(this.#queries, (await this.#archive(owner)).id);
  }

  async #archive(owner: string): Promise<Known> {
    const { domain, local } = keyOf(owner);
    const [row] = await this.#queries.query<Known>(
      "SELECT id, entries FROM archive WHERE domain = $1 AND local = $2",
      [domain, local],
    );
    return row ?? NONE;
  }
}
