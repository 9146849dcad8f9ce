import type { SQLInputValue } from "node:sqlite";
import { EPOCH } from "../id.ts";
import type { Criteria } from "./lookup.ts";

/** Criteria in SQL, about a table of entries that is called `place`. */
export interface Conditions {
  readonly sql: string;
  /** The values for the conditions, with the bounds of one part of the archive. */
  parameters(above: number, below: number): SQLInputValue[];
}

/** Just the conditions that are needed, as each is looked at for every entry; what more often fails comes first. */
export function conditionsOf({ archive, start, end, correspondents }: Criteria): Conditions {
  const conditions = ["place.archive = ? AND place.number > ? AND place.number < ?"];
  const values: SQLInputValue[] = [];
  if (correspondents?.length === 1) {
    conditions.push("place.correspondent = ?");
    values.push(...correspondents);
  } else if (correspondents) {
    conditions.push("place.correspondent IN (SELECT value FROM json_each(?))");
    values.push(JSON.stringify(correspondents));
  }
  if (isTimed({ start, end })) {
    conditions.push("(place.number >> 12) - place.ahead BETWEEN ? AND ?");
    values.push(start - EPOCH, end - EPOCH);
  }
  return { sql: conditions.join(" AND "), parameters: (above, below) => [archive.id, above, below, ...values] };
}

/** True when all that lies between two numbers matches. */
export function isRange({ start, end, correspondents }: Criteria): boolean {
  return correspondents === undefined && !isTimed({ start, end });
}

function isTimed({ start, end }: Pick<Criteria, "start" | "end">): boolean {
  return start > -Infinity || end < Infinity;
}
