import type { Due, Survey } from "../archive.ts";
import { firstNumberAt } from "../id.ts";
import { within } from "./criteria.ts";
import type { Queries } from "./session.ts";
import { MOST } from "./schema.ts";

/** The time of receipt of an archive's entry at the one end or the other. */
function end(order: "ASC" | "DESC"): string {
  return `(SELECT number, time FROM entry WHERE entry.archive = archive.id ORDER BY number ${order} LIMIT 1)`;
}

/** Looks at each archive once, and at both its ends. */
export async function surveyArchives(queries: Queries): Promise<Survey> {
  const [row] = await queries.query<
    { archives: number; entries: number; oldest: number | null; newest: number | null }
  >(
    `SELECT count(*) AS archives, coalesce(sum(entries), 0)::bigint AS entries,
     (array_agg(first.time ORDER BY first.number))[1] AS oldest,
     (array_agg(last.time ORDER BY last.number DESC))[1] AS newest
     FROM archive CROSS JOIN LATERAL ${end("ASC")} AS first CROSS JOIN LATERAL ${end("DESC")} AS last
     WHERE archive.entries > 0`,
  );
  const { archives = 0, entries = 0, oldest, newest } = row ?? {};
  return { archives, entries, oldest: oldest ?? undefined, newest: newest ?? undefined };
}

/** Takes the time of looking at each archive, and at the index of each entry that is due. */
export async function surveyDue(queries: Queries, before: number, keep: number): Promise<Due> {
  const [row] = await queries.query<Due>(
    `SELECT coalesce(sum(due.count), 0)::bigint AS expired,
     coalesce(sum(greatest(0, archive.entries - due.count - $2)), 0)::bigint AS beyond
     FROM archive CROSS JOIN LATERAL (
       SELECT count(*) AS count FROM entry WHERE entry.archive = archive.id AND number < $1
     ) AS due`,
    [within(firstNumberAt(before)), Math.min(keep, MOST)],
  );
  return row ?? { expired: 0, beyond: 0 };
}
