import type { Filter, UnknownId } from "../archive.ts";
import { isUnfiltered } from "../selection.ts";
import { conditionsOf, type Criteria, criteriaOf, readArchive, type Source } from "./criteria.ts";
import type { Queries } from "./queries.ts";
import { rangesOf } from "./ranges.ts";
import { bothTables } from "./schema.ts";
import { Steps } from "./limits.ts";

/** Ids that one statement looks for. */
const MOST = 500;

/** Counts the entries of an archive that match, in statements of bounded length that read no messages. */
export async function readCount(source: Source, owner: string, filter: Filter): Promise<number | UnknownId> {
  const steps = new Steps(source.limits);
  const archive = readArchive(source.queries, owner);
  if (isUnfiltered(filter)) return archive.entries;
  const criteria = await criteriaOf(source, { archive, filter, paging: {} }, steps);
  if ("unknown" in criteria) return criteria;
  return criteria.numbers
    ? await countAmong(source, criteria, { numbers: criteria.numbers, steps })
    : await countWithin(source, criteria, steps);
}

async function countWithin(source: Source, criteria: Criteria, steps: Steps): Promise<number> {
  const { sql, parameters } = conditionsOf(criteria);
  const queries = bothTables((table) => `SELECT count(*) AS count FROM ${table} AS place WHERE ${sql}`);
  let count = 0;
  for (const [above, below] of rangesOf(source, criteria, false)) {
    // Both tables in one step: between steps, entries move from one to the other.
    for (const query of queries) count += countOf(source.queries, query, parameters(above, below));
    await steps.pause();
  }
  return count;
}

/** Number of the named entries that match. */
async function countAmong(
  { queries }: Source,
  criteria: Criteria,
  { numbers, steps }: { readonly numbers: readonly number[]; readonly steps: Steps },
): Promise<number> {
  const { sql, parameters } = conditionsOf(criteria);
  const named = bothTables((table) => `
    SELECT count(*) AS count FROM json_each(?) CROSS JOIN ${table} AS place ON place.number = value WHERE ${sql}`);
  let count = 0;
  for (let at = 0; at < numbers.length; at += MOST) {
    const some = JSON.stringify(numbers.slice(at, at + MOST));
    for (const query of named) count += countOf(queries, query, [some, ...parameters(criteria.above, criteria.below)]);
    await steps.pause();
  }
  return count;
}

function countOf(queries: Queries, sql: string, values: Parameters<Queries["get"]>[1][]): number {
  return queries.get<{ count: number }>(sql, ...values)?.count ?? 0;
}
