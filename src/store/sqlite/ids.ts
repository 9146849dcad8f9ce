import { idOf, type IdRow, numbersAmong, ownIds } from "../own_ids.ts";
import type { Queries } from "./queries.ts";
import { bothTables, FOREIGN } from "./schema.ts";
import type { Steps } from "./limits.ts";

/** Ids that one statement looks for. */
const MOST = 500;

const OWN = bothTables((table) => `
  SELECT number, random FROM json_each(?2) CROSS JOIN ${table} AS place ON archive = ?1 AND number = value
  WHERE random <> ${FOREIGN} OR NOT EXISTS (
    SELECT 1 FROM foreign_id WHERE archive = place.archive AND number = place.number
  )`);

const GIVEN = "SELECT text, number FROM json_each(?2) CROSS JOIN foreign_id ON archive = ?1 AND text = value";

/**
 * The numbers of the entries of an archive that ids name: those of our own by both their halves, others by their text. Looks no
 * further than it has to: a client mostly names one id, and one of our own.
 */
export function locateIds(queries: Queries, archive: number, texts: readonly string[]): Map<string, number> {
  const located = new Map<string, number>();
  const ids = ownIds(texts);
  const numbers = JSON.stringify(ids.map(({ number }) => number));
  for (const sql of OWN) {
    const rows = queries.bigints<IdRow>(sql, archive, numbers);
    for (const [text, number] of numbersAmong(rows.map(idOf), ids)) located.set(text, number);
    if (located.size === texts.length) return located;
  }
  for (const { text, number } of queries.all<{ text: string; number: number }>(GIVEN, archive, JSON.stringify(texts))) {
    located.set(text, number);
  }
  return located;
}

/** The same for many ids. */
export async function locateIdsInSteps(
  queries: Queries,
  archive: number,
  { ids, steps }: { readonly ids: readonly string[]; readonly steps: Steps },
): Promise<Map<string, number>> {
  const located = new Map<string, number>();
  for (let at = 0; at < ids.length; at += MOST) {
    for (const [text, number] of locateIds(queries, archive, ids.slice(at, at + MOST))) located.set(text, number);
    await steps.pause();
  }
  return located;
}
