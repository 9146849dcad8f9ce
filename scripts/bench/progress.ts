/**
 * Progress on a terminal.
 *
 * @module
 */

const CLEAR_LINE = "\r\x1b[K";

/** Width of a terminal that does not tell its own. */
const USUAL_WIDTH = 80;

/** On a terminal one line that changes, elsewhere a line each time. */
export class Progress {
  readonly #encoder = new TextEncoder();
  readonly #terminal = Deno.stdout.isTerminal();
  readonly #start = performance.now();

  /** Tells what is being done; what it says goes when the next is told. */
  say(line: string): void {
    const told = `${this.#clock()}  ${line}`;
    this.#write(this.#terminal ? CLEAR_LINE + told.slice(0, width() - 1) : `${told}\n`);
  }

  /** Prints what stays. */
  print(text: string): void {
    this.#write(this.#terminal ? `${CLEAR_LINE}${text}\n` : `${text}\n`);
  }

  /** Minutes and seconds since the beginning. */
  #clock(): string {
    const seconds = Math.floor((performance.now() - this.#start) / 1000);
    return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
  }

  #write(text: string): void {
    Deno.stdout.writeSync(this.#encoder.encode(text));
  }
}

function width(): number {
  return Deno.consoleSize().columns || USUAL_WIDTH;
}
