/**
 * Answers commands at the service's socket.
 *
 * @module
 */
import { deadline } from "@std/async/deadline";
import { describeError } from "../../log/log_line.ts";
import type { Log } from "../../log/log.ts";
import { ControlError, type Controls } from "./control.ts";
import { listenPrivately } from "./socket.ts";
import { type Line, readAddress, readQuestion, writeJson } from "./wire.ts";

/** Commands that are served at once. */
const MOST = 8;

/** Milliseconds until a question has come in full. */
const PATIENCE = 10_000;

export interface ControlOptions {
  readonly controls: Controls;
  readonly log: Log;
  /** Milliseconds until a question has come in full. */
  readonly patience?: number;
}

/** Starts to listen. Disposing of the result ends it: work that is under way ends after its next step, and is answered. */
export async function startControl(path: string, options: ControlOptions): Promise<AsyncDisposable> {
  const stopping = new AbortController();
  const requests = new RunningRequests(options, stopping.signal);
  const server = await listenPrivately(path, (aside) => (
    Deno.serve(
      { path: aside, onListen: ignore, onError: (error) => refused(500, error) },
      async (request) => (
        request.method === "DELETE" ? requests.interrupt(request) : await requests.answer(request)
      ),
    )
  ));
  return {
    async [Symbol.asyncDispose](): Promise<void> {
      stopping.abort(new Error("The service stops"));
      // Only the holder of the archive's lock makes or removes the socket.
      await Deno.remove(path).catch((error) => tellLeft(options.log, error));
      await server.shutdown();
    },
  };
}

/** Deno.serve() would print the address. */
function ignore(): void {}

/** A socket that cannot be removed, from a file system that has turned read-only, must not keep the service from ending well. */
function tellLeft(log: Log, error: unknown): void {
  log.warn("control-left", "The socket for commands could not be removed; the next start replaces it", { error });
}

/** The requests that are being answered. */
class RunningRequests {
  readonly #options: ControlOptions;
  readonly #stopping: AbortSignal;
  /** By the id that the command gave its request. */
  readonly #interrupts = new Map<string, AbortController>();

  constructor(options: ControlOptions, stopping: AbortSignal) {
    this.#options = options;
    this.#stopping = stopping;
  }

  /** Ends a request at its next step; its answer says how far it came. */
  interrupt({ url }: Request): Response {
    this.#interrupts.get(readAddress(url).request)?.abort();
    return new Response(null, { status: 204 });
  }

  async answer(request: Request): Promise<Response> {
    const { controls, log, patience = PATIENCE } = this.#options;
    if (this.#interrupts.size >= MOST) return refused(503, new Error(`Found ${MOST} commands at work, expected fewer`));
    const { name, request: id } = readAddress(request.url);
    const interrupt = new AbortController();
    this.#interrupts.set(id, interrupt);
    try {
      const answer = controls.find(name);
      const question = await deadline(readQuestion(request.body), patience);
      const signal = AbortSignal.any([this.#stopping, interrupt.signal]);
      return new Response(this.#lines({ id, name, interrupt }, (progress) => answer(question, { signal, progress })));
    } catch (error) {
      this.#interrupts.delete(id);
      log.warn("command-malformed", "A request at the service's socket is malformed", { error });
      return refused(400, isTimeout(error) ? new ControlError("Found no whole question in time") : error);
    }
  }

  /** Streams the lines of an answer as the work goes on, which ends after its next step when the command is gone. */
  #lines(
    { id, name, interrupt }: { id: string; name: string; interrupt: AbortController },
    work: (progress: (progress: unknown) => void) => unknown,
  ): ReadableStream {
    let gone = false;
    return new ReadableStream<Line>({
      start: async (lines) => {
        const last = await this.#lastLine(name, () => (
          work((progress) => {
            if ((lines.desiredSize ?? 0) > 0) lines.enqueue({ progress });
          })
        ));
        this.#interrupts.delete(id);
        if (gone) return;
        lines.enqueue(last);
        lines.close();
      },
      cancel(): void {
        gone = true;
        interrupt.abort();
      },
    }).pipeThrough(new TransformStream({ transform: (line, out) => out.enqueue(`${writeJson(line)}\n`) }))
      .pipeThrough(new TextEncoderStream());
  }

  async #lastLine(name: string, work: () => unknown): Promise<Line> {
    try {
      return { result: await work() };
    } catch (error) {
      this.#tellFailure(name, error);
      return failure(error);
    }
  }

  #tellFailure(command: string, error: unknown): void {
    const { log } = this.#options;
    if (error instanceof ControlError) {
      log.warn("command-malformed", "A request at the service's socket is malformed", { command, error });
    } else {
      log.error("command-failed", "A command's request failed", { command, error });
    }
  }
}

function refused(status: number, error: unknown): Response {
  return new Response(`${writeJson(failure(error))}\n`, { status });
}

/** The failure as the command is to print it: as if the command had met with it itself. */
function failure(error: unknown): Line {
  const kind = error instanceof Error ? error.name : "Error";
  const described = describeError(error);
  return { error: described.startsWith(`${kind}: `) ? described.slice(kind.length + 2) : described, kind };
}

function isTimeout(error: unknown): boolean {
  return error instanceof DOMException && error.name === "TimeoutError";
}
