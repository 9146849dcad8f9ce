/**
 * What waits to be sent.
 *
 * @module
 */
import { setImmediate } from "node:timers/promises";
import { ConnectionError } from "./error.ts";

/** Characters that may wait before senders have to. */
const ROOM = 1024 * 1024;
/** Characters that may wait at all: what is beyond is an answer that nobody reads. */
const MAX = 16 * ROOM;

/**
 * A queue of text for one connection. What is sent in one turn of the event loop leaves in one write. A sender waits while
 * there is no room, so that an archive is read no faster than it is taken; a queue that only grows ends the connection.
 */
export class Outbox {
  readonly #write: (bytes: Uint8Array) => Promise<void>;
  readonly #broken: (reason: ConnectionError) => void;
  readonly #encoder = new TextEncoder();
  #queue: string[] = [];
  #length = 0;
  #flushing: Promise<void> | undefined;
  #closed: ConnectionError | undefined;

  /** `broken` is told, once, that the connection is of no more use. */
  constructor(write: (bytes: Uint8Array) => Promise<void>, broken: (reason: ConnectionError) => void) {
    this.#write = write;
    this.#broken = broken;
  }

  /** Sends text; resolves when there is room for more. Rejects when the connection is gone. */
  async send(text: string): Promise<void> {
    if (this.#closed === undefined && this.#length > MAX) {
      this.#break(new ConnectionError("lost", "The server takes nothing any more: too much waits to be sent"));
    }
    if (this.#closed !== undefined) throw this.#closed;
    this.#queue.push(text);
    this.#length += text.length;
    this.#flushing ??= this.#flush();
    while (this.#length > ROOM && this.#flushing !== undefined) await this.#flushing;
    if (this.#closed !== undefined) throw this.#closed;
  }

  /** Resolves when all has left. */
  async flushed(): Promise<void> {
    await this.#flushing;
  }

  /** Nothing leaves after this; senders fail with the reason. */
  close(reason: ConnectionError): void {
    this.#closed ??= reason;
    this.#queue = [];
    this.#length = 0;
  }

  #break(reason: ConnectionError): void {
    if (this.#closed !== undefined) return;
    this.close(reason);
    this.#broken(reason);
  }

  async #flush(): Promise<void> {
    // A write costs more than all else about a result: a page, whose sender waits after each, must leave in one.
    await setImmediate();
    while (this.#queue.length > 0) {
      const text = this.#queue.join("");
      this.#queue = [];
      try {
        await this.#write(this.#encoder.encode(text));
      } catch (cause) {
        this.#break(new ConnectionError("lost", "The connection broke while something was sent", { cause }));
      }
      this.#length = Math.max(0, this.#length - text.length);
    }
    this.#flushing = undefined;
  }
}
