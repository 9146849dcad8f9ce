import type { Queries } from "./queries.ts";

/** Numbers of an id in a span: 2^34, or 70 minutes. */
export const NUMBERS_PER_SPAN = 2 ** 34;

/** Names kept at hand; beyond that all are forgotten, and found again in the database. */
const AT_HAND = 50_000;

interface Correspondent {
  readonly id: number;
  /** The last span that was marked active; NaN when none is known. */
  span: number;
}

/** The short numbers of archives and of the correspondents in them, given out as they are first met. */
export class Names {
  readonly #archives = new Map<string, number>();
  readonly #correspondents = new Map<string, Correspondent>();
  readonly #queries: Queries;

  constructor(queries: Queries) {
    this.#queries = queries;
  }

  archive(owner: string): number {
    let id = this.#archives.get(owner);
    if (id === undefined) {
      id = findArchive(this.#queries, owner) ?? this.#insert("INSERT INTO archive (owner) VALUES (?)", owner);
      keep(this.#archives, owner, id);
    }
    return id;
  }

  /** The number of a correspondent, who is active in the span of an entry's number. */
  correspondent(archive: number, { peer, resource, number }: Contact): number {
    // The length keeps apart what would run together.
    const key = `${archive} ${peer.length} ${peer}${resource}`;
    let known = this.#correspondents.get(key);
    if (known === undefined) {
      const found = this.#queries.get<{ id: number }>(
        "SELECT id FROM correspondent WHERE archive = ? AND peer = ? AND resource = ?",
        archive,
        peer,
        resource,
      );
      const id = found?.id ??
        this.#insert("INSERT INTO correspondent (archive, peer, resource) VALUES (?, ?, ?)", archive, peer, resource);
      known = { id, span: NaN };
      keep(this.#correspondents, key, known);
    }
    const span = spanOf(number);
    if (span !== known.span) {
      this.#queries.run("INSERT OR IGNORE INTO activity (correspondent, span) VALUES (?, ?)", known.id, span);
      known.span = span;
    }
    return known.id;
  }

  /** To be called when rows may have gone: numbers are given out again. */
  discard(): void {
    this.#archives.clear();
    this.#correspondents.clear();
  }

  #insert(sql: string, ...values: (string | number)[]): number {
    return Number(this.#queries.sql(sql).run(...values).lastInsertRowid);
  }
}

/** The short number of an owner's archive; `undefined` where there is none. */
export function findArchive(queries: Queries, owner: string): number | undefined {
  return queries.get<{ id: number }>("SELECT id FROM archive WHERE owner = ?", owner)?.id;
}

/** Correspondent of an entry. */
export interface Contact {
  readonly peer: string;
  readonly resource: string;
  readonly number: number;
}

export function spanOf(number: number): number {
  return Math.floor(number / NUMBERS_PER_SPAN);
}

function keep<V>(map: Map<string, V>, key: string, value: V): void {
  if (map.size >= AT_HAND) map.clear();
  map.set(key, value);
}
