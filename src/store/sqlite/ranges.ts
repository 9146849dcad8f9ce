import type { DatabaseSync } from "node:sqlite";
import { NUMBERS_PER_SPAN, spanOf } from "./names.ts";
import type { Criteria } from "./lookup.ts";
import type { Limits } from "./limits.ts";
import { Query } from "./query.ts";

/** Entries in the first part of a larger archive: a page needs few, where most match. */
const FIRST_ENTRIES = 256;

/** A part of an archive: what lies between two numbers. */
export type Range = readonly [above: number, below: number];

/** Divides the settled entries of an archive into parts that are walked over in one statement each. */
export class Ranges {
  readonly #most: number;
  readonly #nextSpan: Query<{ span: number | null }>;
  readonly #previousSpan: Query<{ span: number | null }>;
  readonly #nextEdge: Query<{ number: number }>;
  readonly #previousEdge: Query<{ number: number }>;

  constructor(db: DatabaseSync, { walkedEntries }: Limits) {
    this.#most = walkedEntries;
    this.#nextSpan = new Query(db, spanQuery("min", ">=", "ASC"));
    this.#previousSpan = new Query(db, spanQuery("max", "<=", "DESC"));
    this.#nextEdge = new Query(db, edgeQuery("ASC"));
    this.#previousEdge = new Query(db, edgeQuery("DESC"));
  }

  /** The parts that can hold matches, from the end that the walk begins at. */
  *of(criteria: Criteria, backward: boolean): Generator<Range> {
    for (const range of this.#candidates(criteria, backward)) yield* this.#divide(criteria, range, backward);
  }

  #candidates({ above, below, correspondents }: Criteria, backward: boolean): Iterable<Range> {
    if (correspondents === undefined) return [[above, below]];
    return this.#active([above, below], JSON.stringify(correspondents), backward);
  }

  /**
   * The spans in which a correspondent was active. Where one follows the other the next range takes in twice as many, as the
   * statement costs more than what it may walk over in vain; otherwise gaps, however long, cost nothing.
   */
  *#active([above, below]: Range, correspondents: string, backward: boolean): Generator<Range> {
    const query = backward ? this.#previousSpan : this.#nextSpan;
    let from = spanOf(backward ? below - 1 : above + 1);
    let spans = 1;
    while (true) {
      const found = query.get(from, correspondents)?.span ?? undefined;
      if (found === undefined) return;
      spans = found === from ? 2 * spans : 1;
      const [first, last] = backward ? [found - spans + 1, found] : [found, found + spans - 1];
      const range = [
        Math.max(above, first * NUMBERS_PER_SPAN - 1),
        Math.min(below, (last + 1) * NUMBERS_PER_SPAN),
      ] as const;
      if (range[0] + 1 >= range[1]) return;
      yield range;
      from = backward ? first - 1 : last + 1;
    }
  }

  *#divide(criteria: Criteria, [above, below]: Range, backward: boolean): Generator<Range> {
    const { id, entries } = criteria.archive;
    const query = backward ? this.#previousEdge : this.#nextEdge;
    for (let most = FIRST_ENTRIES; entries > this.#most; most *= 4) {
      const edge = query.get(id, above, below, Math.min(most, this.#most))?.number;
      if (edge === undefined) break;
      yield backward ? [edge, below] : [above, edge];
      [above, below] = backward ? [above, edge + 1] : [edge - 1, below];
    }
    yield [above, below];
  }
}

function spanQuery(nearest: "min" | "max", bound: ">=" | "<=", order: "ASC" | "DESC"): string {
  return `
    SELECT ${nearest}((
      SELECT span FROM activity WHERE correspondent = value AND span ${bound} ? ORDER BY span ${order} LIMIT 1
    )) AS span FROM json_each(?)`;
}

/** The first entry that no longer belongs to a part. */
function edgeQuery(order: "ASC" | "DESC"): string {
  return `
    SELECT number FROM entry WHERE archive = ? AND number > ? AND number < ?
    ORDER BY number ${order} LIMIT 1 OFFSET ?`;
}
