/**
 * The system that a command runs on, so that tests can give it another.
 *
 * @module
 */

import { fileProblem } from "../lib/file_problem.ts";
import { CommandError } from "./command_error.ts";

/** Standard output cannot be written, on a full disk for example. The cause is the system's error. */
export class OutputError extends CommandError {}

/** The process, from within. */
export interface System {
  readonly env: Readonly<Record<string, string>>;
  /**
   * Prints to standard output. Returns false once its reader has gone away, which most commands need not care about. Throws
   * `OutputError` where it cannot be written for another reason.
   */
  out(text: string): boolean;
  /** Prints to standard error, as far as that is possible: there is nowhere to say that it is not. */
  err(text: string): void;
  /** True when a person looks at standard error, so that signs of progress are for them. */
  readonly watched: boolean;
  /** Asks somebody at the terminal, and returns what they type; `undefined` where nobody is there. */
  ask(question: string): string | undefined;
  /** Calls back at every signal of this kind, which then no longer ends the process; returns how to end that. */
  onSignal(signal: Deno.Signal, listener: () => void): () => void;
}

/** The process that this is. */
export function thisProcess(): System {
  return {
    env: Deno.env.toObject(),
    out: print,
    err: complain,
    watched: Deno.stderr.isTerminal(),
    ask: askAtTerminal,
    onSignal(signal, listener): () => void {
      // Windows has none but this one; what it calls SIGHUP is that the window closes.
      if (Deno.build.os === "windows" && signal !== "SIGINT") return () => {};
      Deno.addSignalListener(signal, listener);
      return () => Deno.removeSignalListener(signal, listener);
    },
  };
}

/** Asks on standard error, so that the question is seen also where the output goes into a file. */
function askAtTerminal(question: string): string | undefined {
  if (!Deno.stdin.isTerminal() || !Deno.stderr.isTerminal()) return undefined;
  complain(question);
  // A terminal hands over a line at a time.
  const line = new Uint8Array(1024);
  const length = Deno.stdin.readSync(line);
  return length === null ? undefined : new TextDecoder().decode(line.subarray(0, length)).trim();
}

/** Returns false when the reader has gone away. */
function print(text: string): boolean {
  try {
    write(Deno.stdout, text);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.BrokenPipe) return false;
    throw new OutputError(`Cannot write to standard output: ${fileProblem(error)}`, { cause: error });
  }
}

function complain(text: string): void {
  try {
    write(Deno.stderr, text);
  } catch {
    // A log on a full disk must not end the service, nor a command that can do its work.
  }
}

/** Writes at once, so that nothing is lost when the process ends. */
function write(stream: { writeSync(bytes: Uint8Array): number }, text: string): void {
  for (let bytes = new TextEncoder().encode(text); bytes.length > 0;) bytes = bytes.subarray(stream.writeSync(bytes));
}
