import type { DatabaseSync, SQLInputValue } from "node:sqlite";
import { EPOCH } from "../id.ts";
import type { Limits } from "./limits.ts";
import type { Criteria } from "./lookup.ts";
import { EntryQuery } from "./query.ts";
import { type Range, Ranges } from "./ranges.ts";
import type { Steps } from "./steps.ts";

/** Named entries that one statement looks at. */
const NAMED = 500;

/** The condition that more often fails comes first. */
const MATCHES = `
  archive = ? AND number > ? AND number < ?
  AND (? OR correspondent IN (SELECT value FROM json_each(?)))
  AND (number >> 12) - ahead BETWEEN ? AND ?`;

/** How far to go. */
export interface Walk {
  /** From the end of the archive. */
  readonly backward: boolean;
  /** Entries that are enough. */
  readonly wanted: number;
  readonly steps: Steps;
}

/** Finds and counts matching entries, without their messages, in statements of bounded length. */
export class Scan {
  readonly #ranges: Ranges;
  readonly #forward: EntryQuery<{ number: number }>;
  readonly #backward: EntryQuery<{ number: number }>;
  readonly #named: EntryQuery<{ number: number }>;
  readonly #count: EntryQuery<{ count: number }>;

  constructor(db: DatabaseSync, limits: Limits) {
    this.#ranges = new Ranges(db, limits);
    const find = (order: "ASC" | "DESC") => (table: string) => (
      `SELECT number FROM ${table} WHERE ${MATCHES} ORDER BY number ${order} LIMIT ?`
    );
    this.#forward = new EntryQuery(db, find("ASC"));
    this.#backward = new EntryQuery(db, find("DESC"));
    this.#named = new EntryQuery(db, (table) => (
      `SELECT number FROM json_each(?) CROSS JOIN ${table} ON number = value WHERE ${MATCHES}`
    ));
    this.#count = new EntryQuery(db, (table) => `SELECT count(*) AS count FROM ${table} WHERE ${MATCHES}`);
  }

  /** The numbers of the first matching entries, from the one end of the archive or the other. */
  async find(criteria: Criteria, { backward, wanted, steps }: Walk): Promise<number[]> {
    if (criteria.numbers) {
      const named = await this.#among(criteria, criteria.numbers, steps);
      return (backward ? named.reverse() : named).slice(0, wanted);
    }
    const query = backward ? this.#backward : this.#forward;
    const numbers: number[] = [];
    for (const range of this.#ranges.of(criteria, backward)) {
      const found = query.all(...parametersOf(criteria, range), wanted).map(({ number }) => number);
      numbers.push(...found.sort((a, b) => backward ? b - a : a - b));
      if (numbers.length >= wanted) break;
      await steps.pause();
    }
    return numbers.slice(0, wanted);
  }

  async count(criteria: Criteria, steps: Steps): Promise<number> {
    if (criteria.numbers) return (await this.#among(criteria, criteria.numbers, steps)).length;
    let count = 0;
    for (const range of this.#ranges.of(criteria, false)) {
      for (const part of this.#count.all(...parametersOf(criteria, range))) count += part.count;
      await steps.pause();
    }
    return count;
  }

  /** Those of the named entries that match. */
  async #among(criteria: Criteria, numbers: readonly number[], steps: Steps): Promise<number[]> {
    const parameters = parametersOf(criteria, [criteria.above, criteria.below]);
    const matching: number[] = [];
    for (let at = 0; at < numbers.length; at += NAMED) {
      const some = JSON.stringify(numbers.slice(at, at + NAMED));
      matching.push(...this.#named.all(some, ...parameters).map(({ number }) => number));
      await steps.pause();
    }
    return matching.sort((a, b) => a - b);
  }
}

function parametersOf({ archive, start, end, correspondents }: Criteria, [above, below]: Range): SQLInputValue[] {
  const anybody = correspondents === undefined ? 1 : 0;
  return [archive.id, above, below, anybody, JSON.stringify(correspondents ?? []), start - EPOCH, end - EPOCH];
}
