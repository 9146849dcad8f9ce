/**
 * A process that writes to a store (`store_child.ts`), as the test sees it that kills it.
 *
 * @module
 */
import type { SqliteOptions } from "../../src/store/sqlite/mod.ts";
import { Inbox } from "./inbox.ts";
import type { Operation } from "./store_operations.ts";

/** Work of the process. */
export interface Task {
  readonly store: SqliteOptions;
  /** Seed of the operations. */
  readonly seed: number;
  /** The time at which it begins, in milliseconds since 1970. */
  readonly time: number;
}

/** Reports of the process. */
export type Report =
  | { readonly ready: true }
  /** The store is open, and holds this newest number. */
  | { readonly opened: number }
  | { readonly begin: Operation }
  | { readonly done: true }
  /** The operation was refused, and is tried again when the process is told so. */
  | { readonly failed: string };

const PATIENCE = 30_000;

/** The process. */
export class StoreProcess implements AsyncDisposable {
  /** Operations that were done, as far as the process knows. */
  readonly done: Operation[] = [];
  /** The same, and at the end perhaps one that was begun and may or may not have been done. */
  readonly begun: Operation[] = [];
  readonly pid: number;
  readonly #child: Deno.ChildProcess;
  readonly #input: WritableStreamDefaultWriter<Uint8Array>;
  readonly #reports = new Inbox<Report>();
  readonly #reading: Promise<void>;

  /** Starts it; `wrapper` is a command that runs the command it is given. */
  constructor(wrapper: readonly string[] = []) {
    const program = new URL("store_child.ts", import.meta.url).pathname;
    const [command = "", ...args] = [...wrapper, Deno.execPath(), "run", "-A", program];
    this.#child = new Deno.Command(command, { args, stdin: "piped", stdout: "piped", stderr: "inherit" }).spawn();
    this.pid = this.#child.pid;
    this.#input = this.#child.stdin.getWriter();
    this.#reading = this.#read();
  }

  /** Sets it to work. */
  async begin(task: Task): Promise<void> {
    await this.report("ready");
    await this.#write(JSON.stringify(task));
  }

  /** Lets it try again what has failed. */
  async tryAgain(): Promise<void> {
    await this.#write("again");
  }

  /** The next report of a kind. */
  async report<K extends string>(kind: K): Promise<Extract<Report, { readonly [key in K]: unknown }>> {
    const found = await this.#reports.take((report) => kind in report, `the process to be ${kind}`, PATIENCE);
    return found as Extract<Report, { readonly [key in K]: unknown }>;
  }

  /** Resolves when it has done so many operations more, or has ended. */
  async progress(operations: number): Promise<void> {
    for (let left = operations; left > 0; left--) await this.report("done");
  }

  /** Ends it at once (SIGKILL) and reads what it had said. */
  async kill(): Promise<void> {
    try {
      this.#child.kill("SIGKILL");
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
    }
    await this.#child.status;
    await this.#reading;
    await this.#input.close().catch(() => {});
  }

  /** Stops it in its tracks (SIGSTOP). */
  async freeze(): Promise<void> {
    this.#child.kill("SIGSTOP");
    while (!/^State:\s+T/m.test(await Deno.readTextFile(`/proc/${this.pid}/status`)));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
  }

  async #write(line: string): Promise<void> {
    await this.#input.write(new TextEncoder().encode(`${line}\n`));
  }

  async #read(): Promise<void> {
    let rest = "";
    for await (const text of this.#child.stdout.pipeThrough(new TextDecoderStream())) {
      const lines = (rest + text).split("\n");
      // A line that is cut off by the end was never said.
      rest = lines.pop() ?? "";
      for (const line of lines) this.#take(JSON.parse(line));
    }
    this.#reports.close(new Error("The process has ended"));
  }

  #take(report: Report): void {
    if ("begin" in report) this.begun.push(report.begin);
    if ("done" in report) this.done.push(...this.begun.slice(this.done.length));
    this.#reports.put(report);
  }
}
