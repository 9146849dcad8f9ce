/**
 * Looks at all archives together; goes by what they count themselves, so it takes the time of looking at each once.
 *
 * @module
 */
import type { Due, Survey } from "../figures.ts";
import { EPOCH, firstNumberAt } from "../id.ts";
import type { Queries } from "./queries.ts";
import { bothTables } from "./schema.ts";

const ENTRIES = "settled + (SELECT count(*) FROM recent WHERE archive = archive.id)";

/** When a message was received. */
function timeOf(order: "ASC" | "DESC"): string {
  return `(SELECT (number >> 12) - ahead + ${EPOCH} FROM message ORDER BY number ${order} LIMIT 1)`;
}

const SURVEY = `
  SELECT count(*) AS archives, coalesce(sum(entries), 0) AS entries, ${timeOf("ASC")} AS oldest, ${
  timeOf("DESC")
} AS newest
  FROM (SELECT ${ENTRIES} AS entries FROM archive) WHERE entries > 0`;

interface SurveyRow extends Pick<Survey, "archives" | "entries"> {
  readonly oldest: number | null;
  readonly newest: number | null;
}

export function surveyArchives(queries: Queries): Survey {
  const { archives = 0, entries = 0, oldest, newest } = queries.get<SurveyRow>(SURVEY) ?? {};
  return { archives, entries, oldest: oldest ?? undefined, newest: newest ?? undefined };
}

const EXPIRED = bothTables((table) => `(SELECT count(*) FROM ${table} WHERE archive = archive.id AND number < ?1)`)
  .join(" + ");

const DUE = `
  SELECT coalesce(sum(expired), 0) AS expired, coalesce(sum(max(0, entries - expired - ?2)), 0) AS beyond
  FROM (SELECT ${ENTRIES} AS entries, ${EXPIRED} AS expired FROM archive)`;

export function surveyDue(queries: Queries, before: number, keep: number): Due {
  const { expired = 0, beyond = 0 } = queries.get<Due>(DUE, firstNumberAt(before), keep) ?? {};
  return { expired, beyond };
}
