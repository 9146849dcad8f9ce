/** Passes over the log while it is written: each has less to move than the one before, as what comes meanwhile is left to the next. */
const PASSES = 5;

/** Pages that are left to the last pass: some milliseconds, and the disk's own time. */
const FEW = 256;

/** A log that is moved at so few pages is moved in no time. */
const WORTHWHILE = 1000;

/**
 * Moves the log into the database in a thread of its own, so that no page waits for the disk meanwhile.
 *
 * SQLite does it within the commit that makes the log too long: with 80 MB of it, that commit takes from a tenth of a second to
 * more than one, and everything else in this thread with it. Here it begins when the log is half as long. Writing pauses for
 * the last pass, so that nothing is left and the log is written from its start again. Where this fails or comes too late, the
 * commit does it after all.
 */
export class Checkpoints implements Disposable {
  readonly #path: string;
  readonly #begin: number;
  readonly #worthwhile: boolean;
  /** Kept once it was needed: to start a thread takes this one 25 ms, in which nobody gets a page. */
  #worker: Worker | undefined;
  #running: Promise<void> | undefined;
  #pause: Promise<unknown> | undefined;
  /**
   * True when this log has been moved once; if not all could be, as somebody else reads it, the commit is to try next.
   */
  #moved = false;

  /** `pages` is the length at which a commit moves the log. */
  constructor(path: string, pages: number) {
    this.#path = path;
    this.#begin = Math.floor(pages / 2);
    this.#worthwhile = pages >= WORTHWHILE;
  }

  /** Promise to await before a transaction begins. */
  get pause(): Promise<unknown> | undefined {
    return this.#pause;
  }

  /** To be called when a transaction has been committed, with the number of pages that are in the log now. */
  committed(pages: number): void {
    if (!this.#worthwhile || this.#running !== undefined) return;
    const long = pages >= this.#begin;
    if (!long) this.#moved = false;
    else if (!this.#moved) this.#running = this.#run();
  }

  /** Moves the log at once, however short it is; one that is always short is left to the caller. */
  async run(): Promise<void> {
    await this.#running;
    if (this.#worthwhile) await (this.#running = this.#run());
  }

  /** Lets the thread finish: to be awaited before the connections are closed. */
  async finish(): Promise<void> {
    await this.#running;
  }

  [Symbol.dispose](): void {
    this.#end();
  }

  async #run(): Promise<void> {
    this.#moved = true;
    const worker = this.#worker ??= start(this.#path);
    const well = await told(worker, "most") && await (this.#pause = told(worker, "the rest"));
    if (!well) this.#end();
    this.#pause = undefined;
    this.#running = undefined;
  }

  #end(): void {
    this.#worker?.terminate();
    this.#worker = undefined;
  }
}

/**
 * Tells the thread what to move; says whether it did. A disk that fails or is full fails the commits too, which say so: what is
 * thrown there must not come out of it, as the runtime prints that among the lines of the log.
 */
function told(worker: Worker, what: "most" | "the rest"): Promise<boolean> {
  return new Promise((resolve) => {
    worker.onmessage = ({ data }) => resolve(data === true);
    worker.onerror = (event) => {
      event.preventDefault();
      resolve(false);
    };
    worker.postMessage(what);
  });
}

/** Its program stands here as text because an executable holds one script, without a file for each module. */
function start(path: string): Worker {
  const program = `
    import { DatabaseSync } from "node:sqlite";
    let db, move;
    onmessage = ({ data }) => {
      try {
        if (data === "most") {
          db = new DatabaseSync(${JSON.stringify(path)});
          move = db.prepare("PRAGMA wal_checkpoint(PASSIVE)");
          for (let pass = 0; pass < ${PASSES}; pass++) {
            const { log, checkpointed } = move.get();
            if (log - checkpointed < ${FEW}) break;
          }
        } else {
          move.get();
          db.close();
        }
        postMessage(true);
      } catch {
        db?.close();
        postMessage(false);
      }
    };`;
  return new Worker(`data:text/javascript,${encodeURIComponent(program)}`, { type: "module" });
}
