import type { Due, Survey } from "../figures.ts";
import { firstNumberAt } from "../id.ts";
import { within } from "./criteria.ts";
import type { Queries } from "./connection/session.ts";
import { MOST } from "./schema.ts";

/** Looks at each archive once, and through the partitions that have the first entry and the last. */
export async function surveyArchives(queries: Queries): Promise<Survey> {
  const [row] = await queries.query<{ archives: number; entries: number }>(
    "SELECT count(*) AS archives, coalesce(sum(entries), 0)::bigint AS entries FROM archive WHERE entries > 0",
  );
  const spans = await queries.query<{ least: number; beyond: number }>(
    `SELECT least, lead(least, 1, ${MOST}) OVER (ORDER BY least) AS beyond FROM span ORDER BY least`,
  );
  return {
    ...row ?? { archives: 0, entries: 0 },
    oldest: await firstTime(queries, spans, "ASC"),
    newest: await firstTime(queries, spans.toReversed(), "DESC"),
  };
}

/**
 * The time of receipt of the entry at the one end or the other. To ask each archive for its own would take as long as there are
 * archives and partitions, multiplied.
 */
async function firstTime(
  queries: Queries,
  spans: readonly { readonly least: number; readonly beyond: number }[],
  order: "ASC" | "DESC",
): Promise<number | undefined> {
  for (const { least, beyond } of spans) {
    const [entry] = await queries.query<{ time: number }>(
      `SELECT time FROM (
         SELECT archive, number FROM entry WHERE number >= $1 AND number < $2 ORDER BY number ${order} LIMIT 1
       ) AS first JOIN entry USING (archive, number)`,
      [least, beyond],
    );
    if (entry !== undefined) return entry.time;
  }
  return undefined;
}

/** Takes the time of looking at each archive, and through the index of the partitions that have what is due. */
export async function surveyDue(queries: Queries, before: number, keep: number): Promise<Due> {
  const [row] = await queries.query<Due>(
    `SELECT coalesce(sum(due), 0)::bigint AS expired, coalesce(sum(greatest(0, entries - due - $2)), 0)::bigint AS beyond
     FROM (
       SELECT entries, coalesce(count, 0) AS due FROM archive LEFT JOIN (
         SELECT archive AS id, count(*) AS count FROM entry WHERE number < $1 GROUP BY archive
       ) AS old USING (id)
     ) AS each`,
    [within(firstNumberAt(before)), Math.min(keep, MOST)],
  );
  return row ?? { expired: 0, beyond: 0 };
}
