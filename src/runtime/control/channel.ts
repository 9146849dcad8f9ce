/**
 * One end of a connection between a command and the service: lines in, lines out, both bounded.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { deadline } from "@std/async/deadline";
import { ControlProtocolError, formatLine, MAX_LINE, type Said, type Told } from "./wire.ts";

/** Bytes that are read at once. */
const CHUNK = 64 * 1024;

/** Milliseconds that the other side may take to read a line. */
const PATIENCE = 30_000;

const LINE_FEED = 0x0a;

/** What a channel needs of a connection. */
export type Wire = Pick<Deno.Conn, "read" | "write" | "closeWrite" | "close">;

/** Reads and writes lines. Whoever writes awaits it before writing again. */
export class Channel implements Disposable {
  readonly #wire: Wire;
  readonly #longest: number;
  #chunk = new Uint8Array(CHUNK);
  /** What was read and is not part of a line yet, in pieces, so that a long line costs no more than its length. */
  #pieces: Uint8Array[] = [];
  #held = 0;
  #closed = false;

  /** `longest` is the most bytes that a line may have. */
  constructor(wire: Wire, { longest = MAX_LINE }: { longest?: number } = {}) {
    this.#wire = wire;
    this.#longest = longest;
  }

  /** The next line without its end; `undefined` when the other side says no more. Throws `ControlProtocolError` for one too long. */
  async read(): Promise<Uint8Array | undefined> {
    for (let scanned = 0;;) {
      for (; scanned < this.#pieces.length; scanned++) {
        const at = this.#pieces[scanned]?.indexOf(LINE_FEED) ?? -1;
        if (at !== -1) return this.#take(scanned, at);
      }
      if (this.#held > this.#longest) {
        throw new ControlProtocolError(`Found more than ${this.#longest} bytes, expected the line's end`);
      }
      const read = await this.#wire.read(this.#chunk);
      if (read === null) return undefined;
      this.#held += read;
      this.#pieces.push(this.#chunk.subarray(0, read));
      this.#chunk = new Uint8Array(CHUNK);
    }
  }

  /** Resolves when the system has taken the line; rejects when that takes too long. */
  async write(said: Said | Told): Promise<void> {
    const bytes = formatLine(said);
    for (let at = 0; at < bytes.length;) at += await deadline(this.#wire.write(bytes.subarray(at)), PATIENCE);
  }

  /** Says no more; what the other side says can still be read. */
  async finish(): Promise<void> {
    await this.#wire.closeWrite();
  }

  /** Drops what the other side says until it says no more. */
  async drain(): Promise<void> {
    this.#pieces = [];
    while (await this.#wire.read(this.#chunk) !== null);
  }

  [Symbol.dispose](): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#wire.close();
  }

  /** The line that ends in this piece, at this byte of it. */
  #take(piece: number, at: number): Uint8Array {
    const last = this.#pieces[piece] ?? new Uint8Array();
    const line = Buffer.concat([...this.#pieces.slice(0, piece), last.subarray(0, at)]);
    this.#pieces = [last.subarray(at + 1), ...this.#pieces.slice(piece + 1)];
    this.#held -= line.length + 1;
    return line;
  }
}
