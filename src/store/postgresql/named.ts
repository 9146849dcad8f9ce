/**
 * Entries by their numbers, as SQL. Each is looked for by itself, in the one partition that can have it. A join would leave that to
 * the planner, which takes each archive for one of middling size, and may read all of a large one instead; LIMIT keeps it from
 * making a join of what is none.
 *
 * @module
 */

/** The entry `entry` of an archive with a number, if there is one, for each row of what it is joined to. */
export function entryAt(archive: string, number: string): string {
  return `LATERAL (
    SELECT * FROM entry WHERE entry.archive = ${archive} AND entry.number = ${number} LIMIT 1
  ) AS entry`;
}

/** The entries of an archive that have the numbers in a parameter. */
export function namedEntries(parameter: number, archive: string): string {
  return `unnest($${parameter}::bigint[]) AS named (wanted) CROSS JOIN ${entryAt(archive, "named.wanted")}`;
}
