import type { DatabaseSync } from "node:sqlite";
import type { Due, Survey } from "../figures.ts";
import { EPOCH, firstNumberAt } from "../id.ts";
import { Query } from "./query.ts";

/** Counts the entries of an archive that meet a condition. */
function entriesWhere(condition: string): string {
  const part = (table: string) => `(SELECT count(*) FROM ${table} WHERE archive = archive.id${condition})`;
  return `${part("entry")} + ${part("recent")}`;
}

/** When a message was received. */
function timeOf(order: "ASC" | "DESC"): string {
  return `(SELECT (number >> 12) - ahead + ${EPOCH} FROM message ORDER BY number ${order} LIMIT 1)`;
}

/** Looks at all archives together; goes by what they count themselves, so it takes the time of looking at each once. */
export class SurveyQuery {
  readonly #survey: Query<{ archives: number; entries: number; oldest: number | null; newest: number | null }>;
  readonly #due: Query<Due>;

  constructor(db: DatabaseSync) {
    const recent = "(SELECT count(*) FROM recent WHERE archive = archive.id)";
    this.#survey = new Query(
      db,
      `SELECT count(*) AS archives, coalesce(sum(entries), 0) AS entries,
       ${timeOf("ASC")} AS oldest, ${timeOf("DESC")} AS newest
       FROM (SELECT settled + ${recent} AS entries FROM archive) WHERE entries > 0`,
    );
    this.#due = new Query(
      db,
      `SELECT coalesce(sum(expired), 0) AS expired, coalesce(sum(max(0, entries - expired - ?2)), 0) AS beyond
       FROM (SELECT settled + ${recent} AS entries, ${entriesWhere(" AND number < ?1")} AS expired FROM archive)`,
    );
  }

  survey(): Survey {
    const { archives = 0, entries = 0, oldest, newest } = this.#survey.get() ?? {};
    return { archives, entries, oldest: oldest ?? undefined, newest: newest ?? undefined };
  }

  due(before: number, keep: number): Due {
    const { expired = 0, beyond = 0 } = this.#due.get(firstNumberAt(before), keep) ?? {};
    return { expired, beyond };
  }
}
