import type { System } from "./system.ts";

/** Milliseconds between two states that are shown. */
const INTERVAL = 200;

/** One line on a terminal that says how far something has come; nothing where nobody looks. */
export class Progress implements Disposable {
  readonly #system: System;
  readonly #clock: () => number;
  #shown = -Infinity;

  /** `clock` gives milliseconds. */
  constructor(system: System, clock = () => performance.now()) {
    this.#system = system;
    this.#clock = clock;
  }

  show(text: () => string): void {
    const now = this.#clock();
    if (!this.#system.watched || now - this.#shown < INTERVAL) return;
    this.#shown = now;
    this.#system.err(`\r${text()}\x1b[K`);
  }

  /** Leaves the line empty. */
  [Symbol.dispose](): void {
    if (this.#shown !== -Infinity) this.#system.err("\r\x1b[K");
  }
}

/** A share from 0 to 1: `42 %`. */
export function percent(share: number): string {
  return `${Math.floor(share * 100)} %`;
}
