/**
 * The server's end of a component stream, in memory: a test says what the server sends, byte for byte.
 *
 * @module
 */
import type { Socket } from "../../src/stream/socket.ts";
import { Inbox } from "./inbox.ts";

/** A server that says only what it is told to. */
export class ComponentServer implements AsyncDisposable {
  /** The component's way to it. */
  readonly socket: Socket;
  /** Text from the component, write by write. */
  readonly received = new Inbox<string>();
  /** Number of connections that the component has closed. */
  closed = 0;
  readonly #decoder = new TextDecoder();
  readonly #toComponent = new TransformStream<Uint8Array, Uint8Array>();
  readonly #writer = this.#toComponent.writable.getWriter();
  readonly #reader = this.#toComponent.readable.getReader();
  #unread = new Uint8Array();
  #stalled: Promise<void> = Promise.resolve();

  constructor() {
    this.socket = {
      read: (buffer) => this.#read(buffer),
      write: (bytes) => this.#write(bytes),
      close: () => {
        this.closed++;
        this.hangUp();
      },
    };
  }

  /** Sends text, all of it in one read of the component. */
  say(text: string): void {
    this.sendBytes(new TextEncoder().encode(text));
  }

  sendBytes(bytes: Uint8Array): void {
    this.#writer.write(bytes).catch(() => {});
  }

  /** Opens its half of the stream with an id, and recognises whoever answers. */
  async welcome(): Promise<void> {
    this.say(
      `<?xml version='1.0'?><stream:stream xmlns='jabber:component:accept' xmlns:stream='http://etherx.jabber.org/streams' id='3BF96D32' from='archive.example.test'>`,
    );
    await this.hears("<handshake>");
    this.say("<handshake/>");
  }

  /** Waits until the component says something that contains `text`. */
  hears(text: string): Promise<string> {
    return this.received.take((sent) => sent.includes(text), `the component to say ${text}`, 5_000);
  }

  /** Takes nothing of what is sent until the returned function is called. */
  stall(): () => void {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#stalled = promise;
    return resolve;
  }

  /** Ends the connection. */
  hangUp(): void {
    this.#writer.close().catch(() => {});
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#writer.close().catch(() => {});
    await this.#reader.cancel();
  }

  async #read(buffer: Uint8Array): Promise<number | null> {
    if (this.#unread.length === 0) {
      const { value, done } = await this.#reader.read();
      if (done) return null;
      this.#unread = new Uint8Array(value);
    }
    const taken = this.#unread.subarray(0, buffer.length);
    buffer.set(taken);
    this.#unread = this.#unread.subarray(taken.length);
    return taken.length;
  }

  async #write(bytes: Uint8Array): Promise<void> {
    await this.#stalled;
    this.received.put(this.#decoder.decode(bytes));
  }
}
