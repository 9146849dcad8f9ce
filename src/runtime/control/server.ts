/**
 * The service's side: answers commands at its socket, one request a connection.
 *
 * @module
 */
import { deadline } from "@std/async/deadline";
import { describeError } from "../log_line.ts";
import type { Log } from "../log.ts";
import { Channel, type Wire } from "./channel.ts";
import type { Asking, Controls } from "./control.ts";
import { listenPrivately } from "./socket.ts";
import { ControlProtocolError, readSaid, type Said, type Told } from "./wire.ts";

/** Commands that are served at once. */
const MOST = 8;

/** Milliseconds that a command has to read why it was refused. */
const LAST = 1_000;

/** What a command may do at most. */
export interface Patience {
  /** Milliseconds until it has asked. */
  readonly ask: number;
  /** Milliseconds between two parts: it may have long to read until there is something for this archive. */
  readonly part: number;
}

const PATIENCE: Patience = { ask: 10_000, part: 600_000 };

export interface ControlOptions {
  readonly controls: Controls;
  readonly log: Log;
  readonly patience?: Patience;
}

/** Starts to listen. Disposing of what is returned ends it: what is under way ends after its next step, and is answered. */
export async function startControl(path: string, options: ControlOptions): Promise<AsyncDisposable> {
  const listener = await listenPrivately(path);
  const stopping = new AbortController();
  const served = new Set<Promise<void>>();
  async function accept(): Promise<void> {
    for await (const wire of listener) {
      const serving = served.size < MOST
        ? serve(wire, { ...options, stopping: stopping.signal })
        : refuse(wire, new Error(`Found ${MOST} commands at work, expected fewer`));
      served.add(serving);
      serving.finally(() => served.delete(serving));
    }
  }
  const accepting = accept();
  return {
    async [Symbol.asyncDispose](): Promise<void> {
      stopping.abort(new Error("The service stops"));
      listener.close();
      // Whoever has the archive's lock is the only one to make or remove it.
      await Deno.remove(path).catch((error) => tellLeft(options.log, error));
      await accepting;
      await Promise.all(served);
    },
  };
}

/** What cannot be removed, from a file system that has turned read-only, say, must not keep the service from ending well. */
function tellLeft(log: Log, error: unknown): void {
  log.warn("control-left", "The socket for commands could not be removed; the next start replaces it", { error });
}

async function refuse(wire: Wire, error: Error): Promise<void> {
  using channel = new Channel(wire);
  await sayLast(channel, error);
}

/** Says why nothing more is said; waits a little until that is read, since what is cut off before may not arrive. */
async function sayLast(channel: Channel, error: unknown): Promise<void> {
  try {
    await channel.write(failure(error));
    await channel.finish();
    await deadline(channel.drain(), LAST);
  } catch {
    // Whoever does not listen is not told.
  }
}

/** Serves one connection; never rejects, as whoever is at the other end must not be able to do harm. */
async function serve(wire: Wire, { stopping, ...options }: ControlOptions & { stopping: AbortSignal }): Promise<void> {
  using channel = new Channel(wire);
  const { log } = options;
  let name: string | undefined;
  try {
    const { ask, about } = await asked(channel, options);
    const answer = options.controls.find(ask);
    if (answer === undefined) {
      throw new ControlProtocolError(
        `Found a request that nobody answers, expected one of ${options.controls.names.join(", ")}`,
      );
    }
    // What it is called otherwise may be as long as a line.
    name = ask;
    const request = new RunningRequest(channel, { ...options, stopping });
    await request.tell({ result: await answer(about, request.asking) });
  } catch (error) {
    if (isGone(error)) return log.debug("command-gone", "A command went before it was answered", { command: name });
    const fields = { command: name, error };
    if (error instanceof ControlProtocolError) {
      log.warn("command-malformed", "What came to the service's socket is no command", fields);
    } else {
      log.error("command-failed", "What a command asked for could not be done", fields);
    }
    await sayLast(channel, error);
  }
}

/** The failure as the command is to print it: as if it had met with it itself. */
function failure(error: unknown): Told {
  const kind = error instanceof Error ? error.name : "Error";
  const described = describeError(error);
  return { error: described.startsWith(`${kind}: `) ? described.slice(kind.length + 2) : described, kind };
}

async function asked(
  channel: Channel,
  { patience = PATIENCE }: Pick<ControlOptions, "patience">,
): Promise<Extract<Said, { ask: string }>> {
  const line = await deadline(channel.read(), patience.ask).catch(lateFor("a request"));
  if (line === undefined) throw new Gone();
  const said = readSaid(line);
  if ("ask" in said) return said;
  throw new ControlProtocolError("Found something else first, expected a request");
}

/** The command says no more though it has not come to its end. */
class Gone extends Error {}

function isGone(error: unknown): boolean {
  return error instanceof Gone || error instanceof Deno.errors.BrokenPipe ||
    error instanceof Deno.errors.ConnectionReset || isTimeout(error);
}

function isTimeout(error: unknown): boolean {
  return error instanceof DOMException && error.name === "TimeoutError";
}

function lateFor(expected: string): (error: unknown) => never {
  return (error) => {
    throw isTimeout(error) ? new ControlProtocolError(`Found nothing in time, expected ${expected}`) : error;
  };
}

/** A request that is being answered. */
class RunningRequest {
  readonly #channel: Channel;
  readonly #patience: Patience;
  readonly #stopping: AbortSignal;
  readonly #gone = new AbortController();
  readonly asking: Asking<unknown>;
  /** What the command says next; read ahead, so that its going away is noticed. */
  #next: Promise<Uint8Array | undefined>;
  /** The end of what is being written. */
  #written: Promise<void> = Promise.resolve();
  #writing = false;

  constructor(channel: Channel, { stopping, patience = PATIENCE }: { stopping: AbortSignal; patience?: Patience }) {
    this.#channel = channel;
    this.#patience = patience;
    this.#stopping = stopping;
    this.#next = this.#readAhead();
    this.asking = {
      signal: AbortSignal.any([stopping, this.#gone.signal]),
      progress: (progress) => this.#progress(progress),
      parts: (take) => this.#parts(take),
    };
  }

  #progress(progress: unknown): void {
    if (!this.#writing) this.tell({ progress }).catch(() => this.#gone.abort());
  }

  async #parts(take: (part: unknown) => Promise<unknown>): Promise<void> {
    while (true) {
      const waiting = deadline(this.#next, this.#patience.part, { signal: this.#stopping });
      const line = await waiting.catch(lateFor("a part"));
      if (line === undefined) throw new Gone();
      const said = readSaid(line);
      if ("end" in said) return;
      if (!("part" in said)) throw new ControlProtocolError("Found a second request, expected a part or the end");
      this.#next = this.#readAhead();
      await this.tell({ answer: await take(said.part) });
    }
  }

  /** Writes one line after the other. */
  tell(told: Told): Promise<void> {
    this.#writing = true;
    const written = this.#written.then(() => this.#channel.write(told));
    const settled = written.catch(() => {}).finally(() => {
      if (this.#written === settled) this.#writing = false;
    });
    this.#written = settled;
    return written;
  }

  #readAhead(): Promise<Uint8Array | undefined> {
    const line = this.#channel.read();
    line.then((said) => {
      if (said === undefined) this.#gone.abort();
    }, () => this.#gone.abort());
    return line;
  }
}
