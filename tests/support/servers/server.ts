/**
 * A real XMPP server for tests, the demo and the benchmarks, in a folder and on ports of its own.
 *
 * @module
 */
import { Process, type ProcessOptions } from "../process.ts";
import type { Usage } from "../usage.ts";
import { answers } from "./answers.ts";
import type { Site } from "./site.ts";

/** Programs and configuration of one make of server. */
export interface Make {
  readonly name: "Prosody" | "ejabberd";
  readonly command: string;
  readonly options: ProcessOptions;
  /** Registers an account on the running server. */
  register(user: string, host: string): Promise<void>;
}

/** Every account's password. */
export const PASSWORD = "pw";

/** A server that can be stopped and started again; what it keeps on disk stays until it is disposed of. */
export class Server implements AsyncDisposable {
  readonly #make: Make;
  #process: Process | undefined;
  #starting: Promise<void> = Promise.resolve();
  #registered = false;
  #disposed = false;

  /** A server that is ready to be started. */
  constructor(readonly site: Site, make: Make) {
    this.#make = make;
  }

  get name(): Make["name"] {
    return this.#make.name;
  }

  /** The first virtual host. */
  get host(): string {
    return this.site.hosts[0] ?? "";
  }

  /** Lines printed since its last start. */
  get lines(): readonly string[] {
    return this.#running().lines;
  }

  /** The first line that fulfils `match`, of those it printed from index `from` on or is yet to print. */
  line(match: (line: string) => boolean, from = 0): Promise<string> {
    return this.#running().line(match, { from });
  }

  usage(): Promise<Usage> {
    return this.#running().usage();
  }

  /** Registers one more account on the first host. */
  register(user: string): Promise<void> {
    return this.#make.register(user, this.host);
  }

  /** Starts it, waits until it answers on both ports and, the first time, registers its accounts. */
  start(): Promise<void> {
    this.#starting = this.#run().then(() => this.#registerAccounts());
    return this.#starting;
  }

  /** Asks it to end and waits until it has. */
  async stop(): Promise<void> {
    await this.#process?.stop();
  }

  /** Ends it at once, as a crash would. */
  async kill(): Promise<void> {
    await this.#process?.kill();
  }

  async restart(): Promise<void> {
    await this.stop();
    await this.start();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#disposed = true;
    await this.stop();
    // A start that is cut off may still be registering accounts.
    await this.#starting.catch(() => {});
    await Deno.remove(this.site.folder, { recursive: true });
  }

  async #run(): Promise<void> {
    if (this.#disposed) throw new Error(`Cannot start ${this.name}: it is disposed of`);
    const process = new Process(this.#make.command, this.#make.options);
    this.#process = process;
    const over = new AbortController();
    const ended = process.ended.then(() => {
      throw new Error(`Cannot start ${this.name}: it ended at once. It said:\n${process.lines.join("\n")}`);
    });
    try {
      await Promise.race([answers(this.site, over.signal), ended]);
    } finally {
      over.abort();
      ended.catch(() => {});
    }
  }

  async #registerAccounts(): Promise<void> {
    if (this.#registered) return;
    for (const host of this.site.hosts) {
      for (const account of this.site.accounts) await this.#make.register(account, host);
    }
    this.#registered = true;
  }

  #running(): Process {
    if (this.#process === undefined) throw new Error(`${this.name} was never started`);
    return this.#process;
  }
}

/** Starts a server that was prepared, or leaves nothing of it behind. */
export async function started(server: Server): Promise<Server> {
  try {
    await server.start();
    return server;
  } catch (error) {
    await server[Symbol.asyncDispose]();
    throw error;
  }
}
