import type { SQLInputValue } from "node:sqlite";
import { COUNTED } from "../selection.ts";
import { conditionsOf, type Criteria } from "./criteria.ts";
import { NUMBERS_PER_SPAN, spanOf } from "./names.ts";
import type { Queries } from "./queries.ts";
import { bothTables } from "./schema.ts";

/** Most spans of activity in which entries are counted: a span takes as long as some twenty entries. */
const SPANS = 24;

const BEYOND = bothTables((table) => (
  `SELECT number FROM ${table} WHERE archive = ? AND number > ? AND number < ? LIMIT 1 OFFSET ${COUNTED}`
));

const MANY_SPANS = `
  SELECT span FROM json_each(?) CROSS JOIN activity ON correspondent = value AND span BETWEEN ? AND ?
  LIMIT 1 OFFSET ${SPANS}`;

/**
 * Counts the matches of a filter where that takes little beside a page: where few entries lie within the bounds of the filter, or
 * few in the spans in which a correspondent was active. Else, or for certain ids, or where more than `COUNTED` match:
 * `undefined`. Reads all in one turn, so that no entry moves between the tables meanwhile.
 */
export function countCheaply(queries: Queries, criteria: Criteria): number | undefined {
  const { archive, correspondents, numbers, matching: { above, below } } = criteria;
  if (numbers !== undefined) return undefined;
  if (BEYOND.some((sql) => queries.get(sql, archive.id, above, below) !== undefined)) {
    return correspondents && countActive(queries, criteria, JSON.stringify(correspondents));
  }
  const { sql, parameters } = conditionsOf(criteria);
  return countIn(queries, (table) => `SELECT count(*) AS count, 0 AS read FROM ${table} AS place WHERE ${sql}`, [
    ...parameters(above, below),
  ]);
}

function countActive(
  queries: Queries,
  { correspondents: _, ...criteria }: Criteria,
  correspondents: string,
): number | undefined {
  const { archive, matching: { above, below } } = criteria;
  const spans = [correspondents, spanOf(above + 1), spanOf(below - 1)];
  if (queries.get(MANY_SPANS, ...spans)) return undefined;
  const { each, values } = conditionsOf(criteria);
  return countIn(queries, (table) => activeQuery(table, each), [...spans, archive.id, above, below, ...values]);
}

/** Each entry is counted in the spans of its own correspondent. It has one bound on each side, so that the key leads there. */
function activeQuery(table: string, each: string): string {
  return `
    SELECT count(*) AS read, count(*) FILTER (WHERE own) AS count FROM (
      SELECT place.correspondent = activity.correspondent AS own
      FROM json_each(?)
      CROSS JOIN activity ON activity.correspondent = value AND span BETWEEN ? AND ?
      CROSS JOIN ${table} AS place ON place.archive = ?
        AND place.number > max(?, span * ${NUMBERS_PER_SPAN} - 1)
        AND place.number < min(?, (span + 1) * ${NUMBERS_PER_SPAN})
      WHERE ${each} LIMIT ${COUNTED + 1}
    )`;
}

/** Sums up what both tables have; `undefined` where that, or what had to be read, is too much. */
function countIn(queries: Queries, query: (table: string) => string, values: SQLInputValue[]): number | undefined {
  let total = 0;
  for (const sql of bothTables(query)) {
    const { count = 0, read = 0 } = queries.get<{ count: number; read: number }>(sql, ...values) ?? {};
    total += count;
    if (read > COUNTED || total > COUNTED) return undefined;
  }
  return total;
}
