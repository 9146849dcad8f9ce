import type { Filter } from "../archive.ts";
import { firstNumberAt, NUMBERS_PER_MILLISECOND } from "../id.ts";
import type { Selection } from "../selection.ts";
import { correspondentOf, peerKey } from "./correspondent.ts";
import type { Parameter } from "./database.ts";
import { partsOf } from "./owner.ts";
import { LEAST, MOST } from "./schema.ts";

/** Which entries of an archive are meant, as SQL over the rows `archive` and `entry`, and what is to stand for its parameters. */
export interface Criteria {
  readonly archive: string;
  readonly entry: string;
  readonly parameters: readonly Parameter[];
}

/**
 * All the ways to ask are few statements, of which each connection prepares those that it meets: what is not filtered by has
 * bounds that everything meets.
 *
 * A range of times is first one of numbers, as far as these may run ahead of the times, and then checked row by row.
 */
export function criteriaOf(
  owner: string,
  { above, below }: Selection,
  { with: peer, resource, start, end }: Filter,
): Criteria {
  const from = within(Math.ceil(start ?? LEAST));
  const to = within(Math.floor(end ?? MOST));
  const sql = [
    "entry.archive = archive.id AND number > $3 AND number < $4",
    `number >= $5 + least_ahead * ${NUMBERS_PER_MILLISECOND} AND number < $6 + most_ahead * ${NUMBERS_PER_MILLISECOND}`,
    "time BETWEEN $7 AND $8",
  ];
  const parameters: Parameter[] = [
    ...partsOf(owner),
    above,
    below,
    within(firstNumberAt(from)),
    within(firstNumberAt(to + 1)),
    from,
    to,
  ];
  if (peer !== undefined) {
    parameters.push(peerKey(peer), correspondentOf(peer, resource ?? ""));
    sql.push("peer_key = $9");
    sql.push(
      resource === undefined
        ? "(correspondent = $10 OR starts_with(correspondent, $10 || '/'))"
        : "correspondent = $10",
    );
  }
  return { archive: "domain = $1 AND local = $2", entry: sql.join(" AND "), parameters };
}

/** The nearest number that there can be. */
export function within(number: number): number {
  return Math.min(Math.max(number, LEAST), MOST);
}
