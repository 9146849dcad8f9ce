import type { SQLInputValue } from "node:sqlite";
import type { Filter, Paging, UnknownId } from "../archive.ts";
import { EPOCH, firstNumberAt } from "../id.ts";
import { type Bounds, type Selection, selectionOf } from "../selection.ts";
import { locateIdsInSteps } from "./ids.ts";
import type { Limits, Steps } from "./limits.ts";
import { locatePositions } from "./positions.ts";
import type { Queries } from "./queries.ts";
import type { State } from "./state.ts";

/** Place that questions about archives are put to. */
export interface Source {
  readonly queries: Queries;
  readonly state: State;
  readonly limits: Limits;
}

/** An archive as queries see it. */
export interface Archive {
  readonly owner: string;
  readonly id: number;
  readonly entries: number;
}

const ARCHIVE = `
  SELECT id, settled + (SELECT count(*) FROM recent WHERE archive = archive.id) AS entries
  FROM archive WHERE owner = ?`;

/** The archive of an owner; where there is none, one whose number no row has. */
export function readArchive(queries: Queries, owner: string): Archive {
  return { owner, ...queries.get<{ id: number; entries: number }>(ARCHIVE, owner) ?? { id: 0, entries: 0 } };
}

/** Criteria of the entries that match, in numbers throughout. */
export interface Criteria extends Selection {
  readonly archive: Archive;
  /** Bounds of the time of receipt, in milliseconds since 1970. */
  readonly start: number;
  readonly end: number;
  /** Only with one of these. */
  readonly correspondents?: readonly number[];
  /** Start of what is kept beside the stanza. */
  readonly beside?: string;
}

/** Criteria of a query to an archive. */
export async function criteriaOf(
  { queries, state }: Source,
  { archive, filter, paging }: { archive: Archive; filter: Filter; paging: Partial<Paging> },
  steps: Steps,
): Promise<Criteria | UnknownId> {
  const selection = await selectionOf(
    filter,
    paging,
    (ids) => locateIdsInSteps(queries, archive.id, { ids, steps }),
    (ids) => Promise.resolve(locatePositions(queries, archive.owner, ids)),
  );
  if ("unknown" in selection) return selection;
  const { start = -Infinity, end = Infinity } = filter;
  // Numbers run ahead of the time of receipt by no less and no more than the state says.
  const least = firstNumberAt(start + state.leastAhead) - 1;
  const most = firstNumberAt(Math.floor(end) + state.mostAhead + 1);
  const timed = ({ above, below }: Bounds) => ({ above: Math.max(above, least), below: Math.min(below, most) });
  return {
    ...selection,
    ...timed(selection),
    matching: timed(selection.matching),
    archive,
    start,
    end,
    ...filter.with !== undefined && { correspondents: correspondentsOf(queries, archive.id, filter) },
    ...filter.beside !== undefined && { beside: filter.beside },
  };
}

const PEER = "SELECT id FROM correspondent WHERE archive = ? AND peer = ?";

function correspondentsOf(queries: Queries, archive: number, { with: peer = "", resource }: Filter): number[] {
  const found = resource === undefined
    ? queries.all<{ id: number }>(PEER, archive, peer)
    : queries.all<{ id: number }>(`${PEER} AND resource = ?`, archive, peer, resource);
  return found.map(({ id }) => id);
}

/** Criteria in SQL, about a table of entries that is called `place`. */
export interface Conditions {
  readonly sql: string;
  /** The values for the conditions, with the bounds of one part of the archive. */
  parameters(above: number, below: number): SQLInputValue[];
  /** The conditions of each entry in such a part, with their values. */
  readonly each: string;
  readonly values: readonly SQLInputValue[];
}

/** The messages themselves are looked at, which only a few may ask for: there is no index. */
const BESIDE = "(SELECT instr(beside, ?) FROM message WHERE number = place.number - place.lag) = 1";

/** Just the conditions that are needed, as each is looked at for every entry; what more often fails comes first. */
export function conditionsOf({ archive, start, end, correspondents, beside }: Criteria): Conditions {
  const conditions: string[] = [];
  const values: SQLInputValue[] = [];
  if (correspondents?.length === 1) {
    conditions.push("place.correspondent = ?");
    values.push(...correspondents);
  } else if (correspondents) {
    conditions.push("place.correspondent IN (SELECT value FROM json_each(?))");
    values.push(JSON.stringify(correspondents));
  }
  if (beside !== undefined) {
    conditions.push(BESIDE);
    values.push(beside);
  }
  if (isTimed({ start, end })) {
    conditions.push("(place.number >> 12) - place.ahead BETWEEN ? AND ?");
    values.push(start - EPOCH, end - EPOCH);
  }
  return {
    sql: ["place.archive = ? AND place.number > ? AND place.number < ?", ...conditions].join(" AND "),
    parameters: (above, below) => [archive.id, above, below, ...values],
    each: conditions.join(" AND ") || "true",
    values,
  };
}

/** True when all that lies between two numbers matches. */
export function isRange({ start, end, correspondents, beside }: Criteria): boolean {
  return correspondents === undefined && beside === undefined && !isTimed({ start, end });
}

function isTimed({ start, end }: Pick<Criteria, "start" | "end">): boolean {
  return start > -Infinity || end < Infinity;
}
