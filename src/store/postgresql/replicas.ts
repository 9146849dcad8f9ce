import { deadline } from "@std/async/deadline";
import type { Database } from "./connection/database.ts";
import type { Queries } from "./connection/session.ts";
import { OWNED, partsOf } from "./owner.ts";

/** Milliseconds for the primary to say how far it has come; beyond that, a replica's word is better than none. */
const PATIENCE = 2000;

/** Milliseconds for which a replica that gave no answer is not asked: every page would wait for it in vain. */
const PAUSE = 10_000;

/** An answer, and whether it was given with everything that had been acknowledged. */
export interface Answer<T> {
  readonly answer: T;
  readonly stable: boolean;
}

/**
 * The servers that questions about one archive go to, in turn. A replica may lag behind, and yet a user who asks for the last
 * page right after a message must get it: so a replica is asked only if its archive has seen as many changes as the primary's,
 * which takes no more than looking at one row of each. Where the primary does not answer, a replica does, and the answer says so
 * (XEP-0313 §"Requesting pages", `stable`).
 */
export class Replicas {
  readonly #primary: Database;
  readonly #replicas: readonly Replica[];
  #turn = 0;

  constructor(primary: Database, replicas: readonly Database[]) {
    this.#primary = primary;
    this.#replicas = replicas.map((database) => ({ database, notBefore: 0 }));
  }

  async ask<T>(owner: string, question: (queries: Queries) => Promise<T>): Promise<Answer<T>> {
    const replica = this.#next();
    if (replica === undefined) return { answer: await question(this.#primary), stable: true };
    const [here, there] = await Promise.allSettled([
      deadline(stateOf(this.#primary, owner), PATIENCE),
      deadline(stateOf(replica.database, owner), PATIENCE),
    ]);
    if (there.status === "rejected") {
      leave(replica);
    } else if (here.status === "rejected") {
      return { answer: await question(replica.database), stable: false };
    } else if (here.value === there.value) {
      try {
        return { answer: await question(replica.database), stable: true };
      } catch {
        // What is dropped on the primary ends who reads it on a replica (PostgreSQL documentation §27.4.2).
        leave(replica);
      }
    }
    return { answer: await question(this.#primary), stable: true };
  }

  /** The one whose turn it is, of those that may be asked. */
  #next(): Replica | undefined {
    const now = performance.now();
    const some = this.#replicas.filter(({ notBefore }) => now >= notBefore);
    return some[this.#turn++ % some.length];
  }
}

interface Replica {
  readonly database: Database;
  /** Not before this time of the clock that nobody sets. */
  notBefore: number;
}

function leave(replica: Replica): void {
  replica.notBefore = performance.now() + PAUSE;
}

/**
 * Says which state of an archive a server has. By the greatest number it differs from that of an archive that has its owner alone in
 * common with this one, as in a database that was named by mistake.
 */
async function stateOf(database: Database, owner: string): Promise<string> {
  const [row] = await database.query<{ id: number; changes: number; newest: number }>(
    `SELECT id, changes, newest FROM archive WHERE ${OWNED}`,
    partsOf(owner),
  );
  return row === undefined ? "" : `${row.id} ${row.changes} ${row.newest}`;
}
