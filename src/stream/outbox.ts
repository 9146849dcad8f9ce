/**
 * Stanzas that wait to be sent.
 *
 * @module
 */
import { setImmediate } from "node:timers/promises";
import { ConnectionError } from "./error.ts";

/** Characters that may be in the queue before senders have to wait. */
const ROOM = 1024 * 1024;

/** A sender that waits for room. */
interface Waiting {
  readonly text: string;
  readonly resolve: () => void;
  readonly reject: (reason: ConnectionError) => void;
}

export interface OutboxOptions {
  /** Sends bytes; resolves when they have left. */
  readonly write: (bytes: Uint8Array) => Promise<void>;
  /** Told, once, that the connection is of no more use. */
  readonly broken: (reason: ConnectionError) => void;
  /** Milliseconds that one write may take. */
  readonly patience: number;
}

/**
 * A queue of text for one connection. What is sent in one turn of the event loop leaves in one write. Senders wait while
 * there is no room, first come, first served: so an archive is read no faster than it is taken, and a server that takes
 * nothing for a while costs no memory. One that takes nothing at all is given up.
 */
export class Outbox {
  readonly #options: OutboxOptions;
  readonly #encoder = new TextEncoder();
  readonly #waiting: Waiting[] = [];
  #queue: string[] = [];
  #length = 0;
  #flushing: Promise<void> | undefined;
  #closed: ConnectionError | undefined;

  constructor(options: OutboxOptions) {
    this.#options = options;
  }

  /** Characters in the queue. */
  get length(): number {
    return this.#length;
  }

  /** Sends text; resolves when it is in the queue. Rejects when the connection is gone. */
  async send(text: string): Promise<void> {
    if (this.#closed !== undefined) throw this.#closed;
    if (this.#length <= ROOM) return this.#add(text);
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#waiting.push({ text, resolve, reject });
    await promise;
  }

  /** Resolves when there is room and nobody waits for it any more, or after so many milliseconds. */
  async room(patience: number): Promise<void> {
    if (this.#length <= ROOM) return;
    const { promise: timeUp, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, patience);
    // Whoever stands in line gets in when there is room; that the connection is gone is for others to say.
    await Promise.race([this.send("").catch(() => {}), timeUp]);
    clearTimeout(timer);
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
    for (const { reject } of this.#waiting.splice(0)) reject(this.#closed);
  }

  #add(text: string): void {
    this.#queue.push(text);
    this.#length += text.length;
    this.#flushing ??= this.#flush();
  }

  #break(reason: ConnectionError): void {
    if (this.#closed !== undefined) return;
    this.close(reason);
    this.#options.broken(reason);
  }

  async #flush(): Promise<void> {
    // A write costs more than all else about a result: a page, whose sender waits after each, must leave in one.
    await setImmediate();
    while (this.#queue.length > 0) {
      const text = this.#queue.join("");
      this.#queue = [];
      await this.#write(text);
      this.#length = Math.max(0, this.#length - text.length);
      while (this.#length <= ROOM && this.#waiting.length > 0) this.#admit();
    }
    this.#flushing = undefined;
  }

  async #write(text: string): Promise<void> {
    const { write, patience } = this.#options;
    const impatience = setTimeout(() => {
      this.#break(new ConnectionError("lost", "The server takes nothing any more: too much waits to be sent"));
    }, patience);
    try {
      await write(this.#encoder.encode(text));
    } catch (cause) {
      this.#break(new ConnectionError("lost", "The connection broke while something was sent", { cause }));
    } finally {
      clearTimeout(impatience);
    }
  }

  /** Lets in the sender that has waited longest. */
  #admit(): void {
    const next = this.#waiting.shift();
    if (next === undefined) return;
    this.#add(next.text);
    next.resolve();
  }
}
