/**
 * A system that only seems to be one, for the tests of commands.
 *
 * @module
 */
import type { System } from "../../src/cli/system.ts";

/** Output of a command, and the signals that reach it. */
export class FakeSystem implements System {
  readonly env: Readonly<Record<string, string>>;
  watched = false;
  /** Text printed to standard output. */
  printed = "";
  /** The lines that were printed to standard error. */
  readonly errors: string[] = [];
  /** Answers of somebody at the terminal; empty when nobody is there. */
  readonly answers: string[] = [];
  /** Listeners for signals. */
  readonly listeners = new Map<Deno.Signal, () => void>();
  #waiting: (() => void)[] = [];

  constructor(env: Readonly<Record<string, string>> = {}) {
    this.env = env;
  }

  out = (text: string): boolean => {
    this.printed += text;
    return true;
  };

  err = (text: string): void => {
    this.errors.push(...text.split("\n").filter((line) => line !== ""));
    this.#wake();
  };

  ask = (question: string): string | undefined => {
    this.err(`${question}\n`);
    return this.answers.shift();
  };

  onSignal = (signal: Deno.Signal, listener: () => void): () => void => {
    this.listeners.set(signal, listener);
    this.#wake();
    return () => this.listeners.delete(signal);
  };

  /** Sends a signal, as soon as somebody listens for it. */
  async signal(signal: Deno.Signal): Promise<void> {
    await this.#until(() => this.listeners.has(signal));
    this.listeners.get(signal)?.();
  }

  /** Waits for a line on standard error. */
  async error(pattern: RegExp): Promise<string> {
    await this.#until(() => this.errors.some((line) => pattern.test(line)));
    return this.errors.find((line) => pattern.test(line)) ?? "";
  }

  async #until(condition: () => boolean): Promise<void> {
    while (!condition()) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  #wake(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}
