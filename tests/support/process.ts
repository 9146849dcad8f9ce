/**
 * A program that a test runs: its lines as they come, its end, and how it is ended.
 *
 * @module
 */
import { delay } from "@std/async/delay";
import { type Usage, usage } from "./usage.ts";

/** Options of a program. */
export interface ProcessOptions {
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

/** A running program. Whatever it prints, on either stream, is kept as lines. */
export class Process implements AsyncDisposable {
  /** Lines printed so far, both streams in one. */
  readonly lines: string[] = [];
  /** Resolves when the program has ended and all that it printed was read. */
  readonly ended: Promise<Deno.CommandStatus>;
  readonly pid: number;
  readonly #child: Deno.ChildProcess;
  readonly #waiting = new Set<() => void>();
  #status: Deno.CommandStatus | undefined;

  constructor(readonly command: string, options: ProcessOptions = {}) {
    const { args = [], ...rest } = options;
    this.#child = new Deno.Command(command, {
      ...rest,
      args: [...args],
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    this.pid = this.#child.pid;
    this.ended = this.#follow();
  }

  /** The status it ended with; `undefined` while it runs. */
  get status(): Deno.CommandStatus | undefined {
    return this.#status;
  }

  /** CPU time and memory, from `/proc`. */
  usage(): Promise<Usage> {
    return usage(this.pid);
  }

  /** Sends a signal; a program that has ended is left alone. */
  signal(signal: Deno.Signal): void {
    if (this.#status === undefined) this.#child.kill(signal);
  }

  /**
   * The first line, of those printed already or later, from index `from` on, that fulfils `match`.
   *
   * @throws {Error} when the program ends, or `timeout` (milliseconds) passes, without one.
   */
  async line(match: (line: string) => boolean, options: { from?: number; timeout?: number } = {}): Promise<string> {
    const { from = 0, timeout = 20_000 } = options;
    const deadline = Date.now() + timeout;
    for (let index = from;; index++) {
      while (index >= this.lines.length) {
        if (this.#status !== undefined) throw this.#failure(`ended with exit code ${this.#status.code}`);
        if (Date.now() >= deadline) throw this.#failure(`printed no such line within ${timeout} ms`);
        await this.#change(deadline - Date.now());
      }
      const line = this.lines[index];
      if (line !== undefined && match(line)) return line;
    }
  }

  /** Waits until it ends by itself, at most `timeout` milliseconds. */
  async end(timeout = 20_000): Promise<Deno.CommandStatus> {
    const deadline = Date.now() + timeout;
    while (this.#status === undefined) {
      if (Date.now() >= deadline) throw this.#failure(`still runs after ${timeout} ms`);
      await this.#change(deadline - Date.now());
    }
    return await this.ended;
  }

  /** Asks it to end (SIGTERM) and insists (SIGKILL) after `patience` milliseconds. */
  async stop(patience = 10_000): Promise<Deno.CommandStatus> {
    this.signal("SIGTERM");
    const timer = setTimeout(() => this.signal("SIGKILL"), patience);
    try {
      return await this.ended;
    } finally {
      clearTimeout(timer);
    }
  }

  /** Ends it at once (SIGKILL), as a crash would. */
  async kill(): Promise<void> {
    this.signal("SIGKILL");
    await this.ended;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  async #follow(): Promise<Deno.CommandStatus> {
    const [status] = await Promise.all([
      this.#child.status.then((status) => {
        this.#status = status;
        this.#changed();
        return status;
      }),
      this.#read(this.#child.stdout),
      this.#read(this.#child.stderr),
    ]);
    return status;
  }

  async #read(stream: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<void> {
    let rest = "";
    for await (const text of stream.pipeThrough(new TextDecoderStream())) {
      const lines = (rest + text).split("\n");
      rest = lines.pop() ?? "";
      this.lines.push(...lines);
      this.#changed();
    }
    if (rest !== "") this.lines.push(rest);
    this.#changed();
  }

  #changed(): void {
    for (const wake of this.#waiting) wake();
    this.#waiting.clear();
  }

  /** Resolves at the next line, at the end of the program, or when the time is up. */
  async #change(milliseconds: number): Promise<void> {
    const done = new AbortController();
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiting.add(resolve);
    const timeUp = delay(milliseconds, { signal: done.signal }).catch(() => {});
    await Promise.race([promise, timeUp]);
    done.abort();
    await timeUp;
  }

  #failure(what: string): Error {
    const tail = this.lines.slice(-20).join("\n");
    return new Error(`Cannot go on with "${this.command}": it ${what}. Its last lines:\n${tail}`);
  }
}
