import { deadline } from "@std/async/deadline";
import type { Database } from "./database.ts";
import { OWNED, partsOf } from "./owner.ts";
import { Read } from "./read.ts";

/** Milliseconds for the primary to say how far it has come; beyond that, a replica's word is better than none. */
const PATIENCE = 2000;

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
  readonly #replicas: readonly Database[];
  #turn = 0;

  constructor(primary: Database, replicas: readonly Database[]) {
    this.#primary = primary;
    this.#replicas = replicas;
  }

  async ask<T>(owner: string, question: (read: Read) => Promise<T>): Promise<Answer<T>> {
    const replica = this.#replicas[this.#turn++ % this.#replicas.length];
    if (replica === undefined) return { answer: await question(new Read(this.#primary)), stable: true };
    const [here, there] = await Promise.allSettled([
      deadline(changesOf(this.#primary, owner), PATIENCE),
      deadline(changesOf(replica, owner), PATIENCE),
    ]);
    if (there.status === "rejected") return { answer: await question(new Read(this.#primary)), stable: true };
    if (here.status === "rejected") return { answer: await question(new Read(replica)), stable: false };
    const server = here.value === there.value ? replica : this.#primary;
    return { answer: await question(new Read(server)), stable: true };
  }
}

/** Says which state of an archive a server has. */
async function changesOf(database: Database, owner: string): Promise<string> {
  const [row] = await database.query<{ id: number; changes: number }>(
    `SELECT id, changes FROM archive WHERE ${OWNED}`,
    partsOf(owner),
  );
  return row === undefined ? "" : `${row.id} ${row.changes}`;
}
