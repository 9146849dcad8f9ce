/**
 * Looking ahead in a text that is read from left to right.
 *
 * @module
 */

const NOWHERE = 0x7fffffff;

/** Knows where the next of some marks is. It searches no part of a text twice, so to ask costs next to nothing. */
export class Marks {
  readonly #marks: readonly string[];
  /** Index of the next mark of each kind. */
  readonly #next: Int32Array;
  /** Index of the next mark of any kind. */
  #nearest = -1;
  #text = "";

  constructor(marks: readonly string[]) {
    this.#marks = marks;
    this.#next = new Int32Array(marks.length);
  }

  /** Turns to the beginning of another text. */
  turnTo(text: string): void {
    this.#text = text;
    this.#nearest = -1;
    this.#next.fill(-1);
  }

  /** Reports whether there is a mark from `start` to `end`. Within one text `start` must not go back. */
  within(start: number, end: number): boolean {
    if (this.#nearest < start) this.#search(start);
    return this.#nearest < end;
  }

  #search(start: number): void {
    this.#nearest = NOWHERE;
    for (let index = 0; index < this.#marks.length; index++) {
      let at = this.#next[index] ?? NOWHERE;
      if (at < start) {
        at = this.#text.indexOf(this.#marks[index] ?? "", start);
        if (at === -1) at = NOWHERE;
        this.#next[index] = at;
      }
      if (at < this.#nearest) this.#nearest = at;
    }
  }
}
