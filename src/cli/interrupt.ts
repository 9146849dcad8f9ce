import type { System } from "./system.ts";

/** A signal that is aborted when somebody wants the command to end (SIGINT, SIGTERM): what is done in steps ends after one. */
export class Interrupt implements Disposable {
  readonly #listeners = new DisposableStack();
  readonly #controller = new AbortController();

  constructor(system: Pick<System, "onSignal">) {
    for (const signal of ["SIGINT", "SIGTERM"] as const) {
      this.#listeners.defer(system.onSignal(signal, () => this.#controller.abort()));
    }
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  [Symbol.dispose](): void {
    this.#listeners.dispose();
  }
}
