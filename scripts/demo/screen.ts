/**
 * The demo's output: steps, and the lines of each. Colour on terminals only.
 *
 * @module
 */

const BOLD = "1";
const DIM = "2";
const RED = "31";
const GREEN = "32";

/** Writes steps to a terminal, or plainly to anything else. */
export class Screen {
  readonly #colour = Deno.stdout.isTerminal() && !Deno.noColor;
  #steps = 0;

  title(text: string): void {
    this.#write(`\n${this.#paint(BOLD, text)}\n`);
  }

  /** Announces a step, takes it, and says how long it took. Its error names the step. */
  async step<T>(title: string, take: () => Promise<T>): Promise<T> {
    this.#steps++;
    this.#write(`\n${this.#paint(GREEN, `${this.#steps}.`)} ${this.#paint(BOLD, title)}\n`);
    const start = performance.now();
    try {
      const result = await take();
      this.tell(this.#paint(DIM, `(${((performance.now() - start) / 1000).toFixed(1)} s)`));
      return result;
    } catch (cause) {
      throw new StepFailed(this.#steps, title, cause);
    }
  }

  /** One line below a step. */
  tell(line: string): void {
    this.#write(`   ${line}\n`);
  }

  /** Columns, each as wide as its widest cell. */
  table(rows: readonly (readonly string[])[]): void {
    const [head = [], ...body] = rows;
    const widths = head.map((_, column) => Math.max(...rows.map((row) => width(row[column] ?? ""))));
    const line = (row: readonly string[]): string =>
      row.map((cell, column) => cell + " ".repeat((widths[column] ?? 0) - width(cell))).join("  ").trimEnd();
    this.tell(this.#paint(DIM, line(head)));
    for (const row of body) this.tell(line(row));
  }

  failure(error: StepFailed): void {
    this.#write(`\n${this.#paint(RED, `Step ${error.step} failed: ${error.title}`)}\n`);
    for (let cause = error.cause; cause instanceof Error; cause = cause.cause) this.tell(cause.message);
  }

  #paint(style: string, text: string): string {
    return this.#colour ? `\x1b[${style}m${text}\x1b[0m` : text;
  }

  #write(text: string): void {
    Deno.stdout.writeSync(new TextEncoder().encode(text));
  }
}

/** A step that could not be taken; the cause says why. */
export class StepFailed extends Error {
  override readonly name = "StepFailed";

  constructor(readonly step: number, readonly title: string, cause: unknown) {
    super(`Step ${step} failed: ${title}`, { cause });
  }
}

/** Cells that a text takes on a terminal: an emoji takes two. */
function width(text: string): number {
  const segments = [...new Intl.Segmenter().segment(text)];
  return segments.reduce((sum, { segment }) => sum + (/\p{Emoji_Presentation}/u.test(segment) ? 2 : 1), 0);
}
