import type { Filter } from "../archive.ts";
import { firstNumberAt, NUMBERS_PER_MILLISECOND } from "../id.ts";
import type { Bounds } from "../selection.ts";
import type { Parameter } from "./connection/session.ts";
import { correspondentOf, peerKey } from "./entry_rows.ts";
import { partsOf } from "./owner.ts";
import { LEAST, MOST } from "./schema.ts";

/**
 * Selection of entries of an archive, as SQL over the rows `archive` and `entry`, with the values of its parameters. The
 * first two are the owner, by whom the row `archive` is found (see `OWNED`).
 */
export interface Criteria {
  readonly sql: string;
  readonly parameters: readonly Parameter[];
}

/**
 * Entries of an owner's archive that match a filter, wherever they are.
 *
 * All the ways to ask are few statements, of which each connection prepares those that it meets: what is not filtered by has
 * bounds that everything meets.
 */
export function matching(owner: string, filter: Filter): Criteria {
  const { with: peer, resource } = filter;
  const sql = ["entry.archive = archive.id AND time BETWEEN $3 AND $4"];
  const parameters: Parameter[] = [...partsOf(owner), ...timesOf(filter)];
  if (peer !== undefined) {
    parameters.push(peerKey(peer), correspondentOf(peer, resource ?? ""));
    sql.push("peer_key = $5");
    sql.push(
      resource === undefined ? "(correspondent = $6 OR starts_with(correspondent, $6 || '/'))" : "correspondent = $6",
    );
  }
  if (filter.beside !== undefined) {
    parameters.push(filter.beside);
    sql.push(`starts_with(beside, $${parameters.length})`);
  }
  return { sql: sql.join(" AND "), parameters };
}

/**
 * Selects entries in a part of the archive. A range of times is one of numbers as well, as far as these may run ahead of the times: so the
 * server goes to where it is, and checks it row by row.
 */
export function between({ above, below }: Bounds, filter: Filter, { sql, parameters }: Criteria): Criteria {
  const [from, to] = timesOf(filter);
  const bounds = [above, below, within(firstNumberAt(from)), within(firstNumberAt(to + 1))];
  const [first, second, third, fourth] = bounds.map((_, index) => `$${parameters.length + 1 + index}`);
  const range = `entry.number > ${first} AND entry.number < ${second}
    AND entry.number >= ${third} + least_ahead * ${NUMBERS_PER_MILLISECOND}
    AND entry.number < ${fourth} + most_ahead * ${NUMBERS_PER_MILLISECOND}`;
  return { sql: `${sql} AND ${range}`, parameters: [...parameters, ...bounds] };
}

/** The first and the last millisecond. */
function timesOf({ start, end }: Filter): [from: number, to: number] {
  return [within(Math.ceil(start ?? LEAST)), within(Math.floor(end ?? MOST))];
}

/** The nearest number that there can be. */
export function within(number: number): number {
  return Math.min(Math.max(number, LEAST), MOST);
}
