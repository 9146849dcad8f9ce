import type { DatabaseSync, StatementSync } from "node:sqlite";
import { Query } from "./query.ts";

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
  readonly #findArchive: Query<{ id: number }>;
  readonly #addArchive: StatementSync;
  readonly #findCorrespondent: Query<{ id: number }>;
  readonly #addCorrespondent: StatementSync;
  readonly #addActivity: StatementSync;

  constructor(db: DatabaseSync) {
    this.#findArchive = new Query(db, "SELECT id FROM archive WHERE owner = ?");
    this.#addArchive = db.prepare("INSERT INTO archive (owner) VALUES (?)");
    this.#findCorrespondent = new Query(
      db,
      "SELECT id FROM correspondent WHERE archive = ? AND peer = ? AND resource = ?",
    );
    this.#addCorrespondent = db.prepare("INSERT INTO correspondent (archive, peer, resource) VALUES (?, ?, ?)");
    this.#addActivity = db.prepare("INSERT OR IGNORE INTO activity (correspondent, span) VALUES (?, ?)");
  }

  archive(owner: string): number {
    let id = this.#archives.get(owner);
    if (id === undefined) {
      id = this.#findArchive.get(owner)?.id ?? Number(this.#addArchive.run(owner).lastInsertRowid);
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
      const id = this.#findCorrespondent.get(archive, peer, resource)?.id ??
        Number(this.#addCorrespondent.run(archive, peer, resource).lastInsertRowid);
      known = { id, span: NaN };
      keep(this.#correspondents, key, known);
    }
    const span = spanOf(number);
    if (span !== known.span) {
      this.#addActivity.run(known.id, span);
      known.span = span;
    }
    return known.id;
  }

  /** To be called when rows may have gone: numbers are given out again. */
  forget(): void {
    this.#archives.clear();
    this.#correspondents.clear();
  }
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
