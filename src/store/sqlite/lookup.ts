import type { DatabaseSync } from "node:sqlite";
import type { Filter, Paging, UnknownId } from "../archive.ts";
import { firstNumberAt } from "../id.ts";
import { type Selection, selectionOf } from "../selection.ts";
import { Ids } from "./ids.ts";
import { PositionReader } from "./positions.ts";
import { Query } from "./query.ts";
import type { State } from "./state.ts";
import type { Steps } from "./steps.ts";

/** An archive as queries see it. */
export interface Archive {
  readonly owner: string;
  readonly id: number;
  readonly entries: number;
}

/** For an owner who has no archive: no row has this number. */
const NONE = { id: 0, entries: 0 };

/** Criteria of the entries that match, in numbers throughout. */
export interface Criteria extends Selection {
  readonly archive: Archive;
  /** Bounds of the time of receipt, in milliseconds since 1970. */
  readonly start: number;
  readonly end: number;
  /** Only with one of these. */
  readonly correspondents?: readonly number[];
}

/** Turns what a query names into numbers. */
export class Lookup {
  readonly #state: State;
  readonly #archive: Query<{ id: number; entries: number }>;
  readonly #ids: Ids;
  readonly #positions: PositionReader;
  readonly #peer: Query<{ id: number }>;
  readonly #resource: Query<{ id: number }>;

  constructor(db: DatabaseSync, state: State) {
    this.#state = state;
    this.#archive = new Query(
      db,
      `SELECT id, settled + (SELECT count(*) FROM recent WHERE archive = archive.id) AS entries
       FROM archive WHERE owner = ?`,
    );
    this.#ids = new Ids(db);
    this.#positions = new PositionReader(db);
    this.#peer = new Query(db, "SELECT id FROM correspondent WHERE archive = ? AND peer = ?");
    this.#resource = new Query(db, "SELECT id FROM correspondent WHERE archive = ? AND peer = ? AND resource = ?");
  }

  archive(owner: string): Archive {
    return { owner, ...this.#archive.get(owner) ?? NONE };
  }

  /** Criteria of a query to an archive. */
  async criteria(
    archive: Archive,
    { filter, paging }: { filter: Filter; paging: Partial<Paging> },
    steps: Steps,
  ): Promise<Criteria | UnknownId> {
    const selection = await selectionOf(
      filter,
      paging,
      (ids) => this.#ids.locate(archive.id, ids, steps),
      (ids) => Promise.resolve(this.#positions.locate(archive.owner, ids)),
    );
    if ("unknown" in selection) return selection;
    const { start = -Infinity, end = Infinity } = filter;
    return {
      ...selection,
      archive,
      start,
      end,
      // Numbers run ahead of the time of receipt by no less and no more than the state says.
      above: Math.max(selection.above, firstNumberAt(start + this.#state.leastAhead) - 1),
      below: Math.min(selection.below, firstNumberAt(Math.floor(end) + this.#state.mostAhead + 1)),
      ...filter.with !== undefined && { correspondents: this.#correspondents(archive, filter) },
    };
  }

  #correspondents({ id }: Archive, { with: peer = "", resource }: Filter): number[] {
    const found = resource === undefined ? this.#peer.all(id, peer) : this.#resource.all(id, peer, resource);
    return found.map(({ id }) => id);
  }
}
