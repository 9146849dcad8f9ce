import { EXIT } from "./command.ts";
import type { System } from "./system.ts";

/** A signal that is aborted when somebody wants the command to end (SIGINT, SIGTERM): what is done in steps ends after one. */
export class Interrupt implements Disposable {
  readonly #system: Pick<System, "err">;
  readonly #listeners = new DisposableStack();
  readonly #controller = new AbortController();

  constructor(system: Pick<System, "onSignal" | "err">) {
    this.#system = system;
    for (const signal of ["SIGINT", "SIGTERM"] as const) {
      this.#listeners.defer(system.onSignal(signal, () => this.#controller.abort()));
    }
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** The exit code in the end. Whoever wanted it sooner is told what that means. */
  conclude(): number {
    if (!this.signal.aborted) return EXIT.ok;
    this.#system.err("annals: Interrupted; what is left is done when it is asked for once more\n");
    return EXIT.interrupted;
  }

  [Symbol.dispose](): void {
    this.#listeners.dispose();
  }
}
