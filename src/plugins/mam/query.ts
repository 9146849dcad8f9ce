/**
 * Answers queries: pages of an archive (XEP-0313 §"Querying an archive").
 *
 * @module
 */
import type { Request } from "../../runtime/plugin.ts";
import type { ArchiveStore, Entry, Filter, Page, Paging, UnknownId } from "../../store/archive.ts";
import type { ArchiveQuery, Fin } from "../../wire/xep0313.ts";
import { writeResult } from "../../wire/xep0313.ts";
import { requireReader } from "./access.ts";
import { REFUSALS } from "./errors.ts";
import type { MamOptions } from "./options.ts";
import { startOfSender, withSender } from "../../wire/room_sender.ts";

/** Characters of stanzas in one page, however many entries were asked for: what a page takes in memory must have a bound. */
const PAGE_SIZE = 1024 * 1024;

export interface QueryOptions {
  readonly store: ArchiveStore;
  /** Waits for what an archive has been sent; `false` when it has not caught up and cannot for the time being. */
  settled(archive: string): Promise<boolean>;
  readonly options: Pick<MamOptions, "max_archive_query_results">;
}

/** Answer where nothing may be found. */
const NOTHING: Fin = { complete: true, set: { count: 0 } };

/** Sends the page that a query asks for, then says what it was (XEP-0313 §"Query results"). */
export async function answerQuery(query: ArchiveQuery, request: Request, archiving: QueryOptions): Promise<Fin> {
  const { store, options } = archiving;
  requireReader(request);
  if (query.node !== undefined) throw REFUSALS.noNodes();
  if (query.set.index !== undefined) throw REFUSALS.noIndex();
  const archive = request.to.bare;
  const stable = await archiving.settled(archive) && !request.behind;
  const unsettled = stable ? {} : { stable };
  const filter = filterOf(query, request);
  if (filter === undefined) return { ...NOTHING, ...unsettled };
  const max = Math.min(query.set.max ?? Infinity, options.max_archive_query_results);
  if (max === 0) return { ...await countOnly(store, archive, { query, filter }), ...unsettled };

  const page = within(PAGE_SIZE, known(await store.page(archive, filter, pagingOf(query, max))), query);
  const { queryid } = query;
  const shown = request.access?.realJids ? page.entries.map(showSender) : page.entries;
  const results = shown.map(({ id, time, stanza }) => (
    writeResult({ id, stamp: time, stanza, ...queryid !== undefined && { queryid } })
  ));
  // XEP-0313 §"Flipped pages": another order of sending, the same page.
  await request.push(query.flip ? results.reverse() : results);
  return {
    complete: page.complete,
    set: resultSetOf(page),
    ...unsettled,
    ...page.stable === false && { stable: false },
  };
}

/**
 * The part of a page that is no larger than that, in characters of stanzas, but for its first entry: XEP-0313 §"Page limits"
 * allows fewer results than were asked for. What is left out lies ahead in the direction of paging.
 */
function within(size: number, page: Page, { set }: ArchiveQuery): Page {
  const backward = set.before !== undefined;
  const inOrder = backward ? page.entries.toReversed() : page.entries;
  let total = 0;
  const fits = inOrder.findIndex(({ stanza }, index) => (total += stanza.length) > size && index > 0);
  if (fits === -1) return page;
  const entries = inOrder.slice(0, fits);
  return { ...page, entries: backward ? entries.reverse() : entries, complete: false };
}

/** XEP-0059 §2.7: no entries are wanted, only how many there are. */
async function countOnly(
  store: ArchiveStore,
  archive: string,
  { query, filter }: { query: ArchiveQuery; filter: Filter },
): Promise<Fin> {
  // That the archive does not hold the id of a position is an error nonetheless.
  if (query.set.after || query.set.before) known(await store.page(archive, {}, pagingOf(query, 1)));
  const count = known(await store.count(archive, filter));
  return { complete: count === 0, set: { count } };
}

/** The answer of the store, unless the archive does not hold an id that was named. */
function known<T extends object | number>(answer: T | UnknownId): T {
  if (typeof answer === "object" && "unknown" in answer) throw REFUSALS.unknownId();
  return answer;
}

/** The entries that a query asks for; `undefined` where it asks by what the requester may not know. */
function filterOf(query: ArchiveQuery, request: Request): Filter | undefined {
  const { start, end, afterId, beforeId, ids } = query;
  const correspondent = correspondentOf(query, request);
  if (correspondent === undefined) return undefined;
  return {
    ...correspondent,
    ...start !== undefined && { start },
    ...end !== undefined && { end },
    ...afterId !== undefined && { afterId },
    ...beforeId !== undefined && { beforeId },
    ...ids && { ids },
  };
}

/** XEP-0313 §"Filtering by JID": in a room, who is asked for by his real JID is found only for those who may see it. */
function correspondentOf({ with: peer }: ArchiveQuery, { to, access }: Request): Filter | undefined {
  if (peer === undefined) return {};
  if (access === undefined || peer.bare === to.bare) {
    return { with: peer.bare, ...peer.resource && { resource: peer.resource } };
  }
  return access.realJids ? { beside: startOfSender(peer) } : undefined;
}

function showSender(entry: Entry): Entry {
  return { ...entry, stanza: withSender(entry.stanza, entry.beside) };
}

function pagingOf({ set }: ArchiveQuery, max: number): Paging {
  return {
    max,
    ...set.after !== undefined && { after: set.after },
    ...set.before !== undefined && { before: set.before },
  };
}

function resultSetOf({ entries, count, index }: Page): Fin["set"] {
  const [first, last] = [entries.at(0), entries.at(-1)];
  return {
    ...first && { first: { id: first.id, ...index !== undefined && { index } } },
    ...last && { last: last.id },
    ...count !== undefined && { count },
  };
}
