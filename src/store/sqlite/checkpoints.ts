import type { DatabaseSync } from "node:sqlite";
import { Query } from "./query.ts";

/** Passes over the log, at most: each has less to move than the one before, as what is written meanwhile is left to the next. */
const PASSES = 5;

/** Pages that are left to the writer: some milliseconds. */
const FEW = 256;

/** A log that is moved at so few pages is moved in no time. */
const WORTHWHILE = 1000;

/** Words of the shared memory up to `mxFrame` (https://sqlite.org/walformat.html §2.1). */
const HEADER = 5;

/**
 * Moves the log into the database in a thread of its own, so that nobody waits for the disk meanwhile.
 *
 * SQLite does it within the commit that makes the log too long: with 80 MB of it, that commit takes from a tenth of a second to
 * more than one, and everything else in this thread with it. Here it begins when the log is half as long; what is left in the
 * end is moved by the writer, between two commits, so that the log can be written from its start again. Where all of this fails
 * or comes too late, the commit does it after all.
 */
export class Checkpoints implements Disposable {
  readonly #path: string;
  readonly #move: Query<never>;
  readonly #begin: number;
  readonly #shm: Deno.FsFile | undefined;
  readonly #header = new Uint32Array(HEADER);
  #running: Promise<void> | undefined;
  /** Whether this log has been moved once: what is left of it is the writer's. */
  #moved = false;

  /** `pages` is the length at which a commit moves the log. */
  constructor(db: DatabaseSync, path: string, pages: number) {
    this.#path = path;
    this.#move = new Query(db, "PRAGMA wal_checkpoint(PASSIVE)");
    this.#begin = Math.floor(pages / 2);
    if (pages >= WORTHWHILE) this.#shm = Deno.openSync(`${path}-shm`);
  }

  /** To be called when a transaction has been committed. */
  committed(): void {
    if (this.#shm === undefined || this.#running !== undefined) return;
    const long = this.#pagesInLog(this.#shm) >= this.#begin;
    if (!long) this.#moved = false;
    else if (!this.#moved) this.#running = this.#run();
  }

  /** Lets the thread finish: to be awaited before the connections are closed. */
  async finish(): Promise<void> {
    await this.#running;
  }

  /** To be called when the connections are closed: closing a file gives up all locks that this process has on it, SQLite's too. */
  [Symbol.dispose](): void {
    this.#shm?.close();
  }

  async #run(): Promise<void> {
    this.#moved = true;
    const source = `data:text/javascript,${encodeURIComponent(program(this.#path))}`;
    const worker = new Worker(source, { type: "module" });
    await new Promise<void>((resolve) => {
      worker.onmessage = () => resolve();
      worker.onerror = (event) => {
        event.preventDefault();
        resolve();
      };
    });
    worker.terminate();
    try {
      this.#move.all();
    } catch {
      // A disk that fails or is full fails the commits too, which say so.
    }
    this.#running = undefined;
  }

  /** `mxFrame`, in the machine's byte order: SQLite itself tells it only to whoever moves the log. */
  #pagesInLog(shm: Deno.FsFile): number {
    shm.seekSync(0, Deno.SeekMode.Start);
    shm.readSync(new Uint8Array(this.#header.buffer));
    return this.#header[HEADER - 1] ?? 0;
  }
}

/** What the thread runs. It stands here as text because an executable holds one script, without a file for each module. */
function program(path: string): string {
  return `
    import { DatabaseSync } from "node:sqlite";
    const db = new DatabaseSync(${JSON.stringify(path)});
    const move = db.prepare("PRAGMA wal_checkpoint(PASSIVE)");
    for (let pass = 0; pass < ${PASSES}; pass++) {
      const { log, checkpointed } = move.get();
      if (log - checkpointed < ${FEW}) break;
    }
    db.close();
    postMessage("moved");`;
}
