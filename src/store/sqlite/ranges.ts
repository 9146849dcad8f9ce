import type { Criteria, Source } from "./criteria.ts";
import { NUMBERS_PER_SPAN, spanOf } from "./names.ts";
import type { Queries } from "./queries.ts";

/** Entries in the first part of a larger archive: a page needs few, where most match. */
const FIRST_ENTRIES = 256;

/** A part of an archive: what lies between two numbers. */
export type Range = readonly [above: number, below: number];

/** Divides the settled entries of an archive into parts that can hold matches, from the end that the walk begins at. */
export function* rangesOf(source: Source, criteria: Criteria, backward: boolean): Generator<Range> {
  const { above, below, correspondents } = criteria;
  const candidates = correspondents === undefined
    ? [[above, below]] as const
    : activeRanges(source.queries, [above, below], { correspondents: JSON.stringify(correspondents), backward });
  for (const range of candidates) yield* divide(source, criteria, { range, backward });
}

function spanQuery(nearest: "min" | "max", bound: ">=" | "<=", order: "ASC" | "DESC"): string {
  return `
    SELECT ${nearest}((
      SELECT span FROM activity WHERE correspondent = value AND span ${bound} ? ORDER BY span ${order} LIMIT 1
    )) AS span FROM json_each(?)`;
}

const [NEXT_SPAN, PREVIOUS_SPAN] = [spanQuery("min", ">=", "ASC"), spanQuery("max", "<=", "DESC")];

/**
 * The spans in which a correspondent was active. Where one follows the other the next range takes in twice as many, as the
 * statement costs more than what it may walk over in vain; otherwise gaps, however long, cost nothing.
 */
function* activeRanges(
  queries: Queries,
  [above, below]: Range,
  { correspondents, backward }: { readonly correspondents: string; readonly backward: boolean },
): Generator<Range> {
  const sql = backward ? PREVIOUS_SPAN : NEXT_SPAN;
  let from = spanOf(backward ? below - 1 : above + 1);
  let spans = 1;
  while (true) {
    const found = queries.get<{ span: number | null }>(sql, from, correspondents)?.span ?? undefined;
    if (found === undefined) return;
    spans = found === from ? 2 * spans : 1;
    const [first, last] = backward ? [found - spans + 1, found] : [found, found + spans - 1];
    const range = [
      Math.max(above, first * NUMBERS_PER_SPAN - 1),
      Math.min(below, (last + 1) * NUMBERS_PER_SPAN),
    ] as const;
    if (range[0] + 1 >= range[1]) return;
    yield range;
    from = backward ? first - 1 : last + 1;
  }
}

/** The first entry that no longer belongs to a part. */
function edgeQuery(order: "ASC" | "DESC"): string {
  return `
    SELECT number FROM entry WHERE archive = ? AND number > ? AND number < ?
    ORDER BY number ${order} LIMIT 1 OFFSET ?`;
}

const [NEXT_EDGE, PREVIOUS_EDGE] = [edgeQuery("ASC"), edgeQuery("DESC")];

function* divide(
  { queries, limits: { walkedEntries } }: Source,
  { archive: { id, entries } }: Criteria,
  { range: [above, below], backward }: { readonly range: Range; readonly backward: boolean },
): Generator<Range> {
  const sql = backward ? PREVIOUS_EDGE : NEXT_EDGE;
  for (let most = FIRST_ENTRIES; entries > walkedEntries; most *= 4) {
    const edge = queries.get<{ number: number }>(sql, id, above, below, Math.min(most, walkedEntries))?.number;
    if (edge === undefined) break;
    yield backward ? [edge, below] : [above, edge];
    [above, below] = backward ? [above, edge + 1] : [edge - 1, below];
  }
  yield [above, below];
}
