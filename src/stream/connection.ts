/**
 * A stream to the server (XEP-0114), from the handshake to its end.
 *
 * @module
 */
import { deadline } from "@std/async/deadline";
import { setImmediate } from "node:timers/promises";
import type { Element } from "../xml/element.ts";
import { XmlError } from "../xml/error.ts";
import { Reader } from "../xml/reader.ts";
import { serialize } from "../xml/writer.ts";
import { ConnectionError } from "./error.ts";
import {
  explain,
  handshake,
  isHandshake,
  readStreamError,
  STREAM_END,
  streamHeader,
  writeStreamError,
} from "./handshake.ts";
import { Outbox } from "./outbox.ts";
import type { Socket } from "./socket.ts";

/**
 * Bytes taken from the socket at once: what has arrived meanwhile is handled, and stored, together. A tenth less CPU a message
 * with 256 KiB, but a third more memory: text of that size is not moved any more, and soon passes for old.
 */
const READ_SIZE = 64 * 1024;
/** Milliseconds that the server has to take our last words, or to end its half of the stream once we have ended ours. */
const CLOSE_TIMEOUT = 1_000;
/** Milliseconds between the blanks that keep the connection known to whatever lies between (RFC 6120 §4.6.1). */
const KEEP_ALIVE = 30_000;
/** Milliseconds that the server has to recognise us, unless told otherwise. */
const HANDSHAKE_TIMEOUT = 15_000;

/** Milliseconds that the server has to take what is sent at once, unless told otherwise; until then it may send all the same. */
const WRITE_TIMEOUT = 300_000;

/**
 * Milliseconds to wait with the next read while the server is behind with taking answers, so that it cannot ask faster than
 * it is answered. No longer, for what else it sends is to be archived whether it takes anything or not.
 */
const YIELD = 100;

/**
 * Bounds of stanzas. No stanza that servers accept by default may end the stream: 512 KiB between servers, and six times as
 * much where each character has to be escaped. What a server accepted is to be kept, so levels and attributes are bounded by the
 * size: a level takes seven characters. Elements that are deeper than fits into what is kept cost their stanza only.
 */
const LIMITS = { maxStanzaSize: 4 * 1024 * 1024, maxDepth: 100_000, maxAttributes: Infinity };

/** Domain and secret by which the server knows the component. */
export interface Credentials {
  /** The component's address. */
  readonly domain: string;
  readonly secret: string;
  /** Milliseconds that the server has to recognise us. */
  readonly handshakeTimeout?: number;
  /** Milliseconds that the server has to take what is sent at once. */
  readonly writeTimeout?: number;
}

/** Receivers of stanzas. */
export interface StanzaHandlers {
  /** Is told that the server has recognised us, ahead of the first stanza. */
  open?(): void;
  /** Takes a stanza. What came at once is taken in one turn of the event loop, each stanza before the next is read. */
  take(stanza: Element): void;
  /** Is told of a stanza that is too deep to be read; what there is of it has its addresses. */
  refuse(cropped: Element, reason: XmlError): void;
}

/** A stream that is open, or opening. */
export class Connection {
  /** Resolves when the server has recognised us, rejects with `ConnectionError` when it does not. */
  readonly ready: Promise<void>;
  /** Resolves when we have closed the stream, rejects with `ConnectionError` when it ended otherwise. */
  readonly ended: Promise<void>;
  readonly #socket: Socket;
  readonly #credentials: Credentials;
  readonly #handlers: StanzaHandlers;
  readonly #outbox: Outbox;
  readonly #ready = Promise.withResolvers<void>();
  #heard = performance.now();
  #recognised = false;
  #closing = false;
  #aborted: ConnectionError | undefined;

  /** Opens a stream. */
  constructor(socket: Socket, credentials: Credentials, handlers: StanzaHandlers) {
    this.#socket = socket;
    this.#credentials = credentials;
    this.#handlers = handlers;
    this.#outbox = new Outbox({
      write: (bytes) => socket.write(bytes),
      broken: (reason) => this.abort(reason),
      patience: credentials.writeTimeout ?? WRITE_TIMEOUT,
    });
    this.ready = this.#ready.promise;
    this.ended = this.#run();
    const closedEarly = () =>
      this.#ready.reject(new ConnectionError("lost", "The stream was closed before it was open"));
    this.ended.then(closedEarly, this.#ready.reject);
  }

  /** Milliseconds since the server was last heard. */
  get silentFor(): number {
    return performance.now() - this.#heard;
  }

  /** Characters that wait to be sent. */
  get unsent(): number {
    return this.#outbox.length;
  }

  /** Sends a stanza; resolves when there is room for it. Rejects with `ConnectionError` when the stream has ended. */
  async send(stanza: Element): Promise<void> {
    await this.#outbox.send(serialize(stanza));
  }

  /** Sends what waits, ends our half of the stream, and gives the server a moment to end its own (RFC 6120 §4.4). */
  async close(): Promise<void> {
    this.#closing = true;
    this.#say(STREAM_END);
    await deadline(this.ended, CLOSE_TIMEOUT).catch(() => this.#socket.close());
    await this.ended;
  }

  /** Ends the connection at once, for a reason that is ours. */
  abort(reason: ConnectionError): void {
    this.#aborted ??= reason;
    this.#outbox.close(reason);
    this.#socket.close();
  }

  async #run(): Promise<void> {
    const keepAlive = setInterval(() => this.#say(" "), KEEP_ALIVE);
    const { handshakeTimeout = HANDSHAKE_TIMEOUT } = this.#credentials;
    const impatience = setTimeout(() => this.#recognised || this.abort(unrecognised()), handshakeTimeout);
    this.#say(streamHeader(this.#credentials.domain));
    try {
      await this.#read();
      if (!this.#closing) throw new ConnectionError("lost", "The server closed the connection");
    } catch (error) {
      const reason = this.#aborted ?? this.#reasonOf(error);
      await deadline(this.#outbox.flushed(), CLOSE_TIMEOUT).catch(() => {});
      this.#outbox.close(reason);
      if (!this.#closing) throw reason;
    } finally {
      clearInterval(keepAlive);
      clearTimeout(impatience);
      this.#outbox.close(new ConnectionError("lost", "The stream has ended"));
      this.#socket.close();
    }
  }

  async #read(): Promise<void> {
    const reader = this.#reader();
    // A character may be split between two reads.
    const decoder = new TextDecoder("utf-8", { fatal: true });
    const buffer = new Uint8Array(READ_SIZE);
    for (;;) {
      const count = await this.#socket.read(buffer);
      if (count === null) return;
      this.#heard = performance.now();
      const bytes = buffer.subarray(0, count);
      try {
        reader.push(decoder.decode(bytes, { stream: true }));
      } catch (error) {
        if (error instanceof TypeError) reader.push(beforeGarbage(bytes));
        throw error;
      }
      // Where there is always more to read, nothing else would ever have its turn.
      await setImmediate();
      await this.#outbox.room(YIELD);
    }
  }

  #reader(): Reader {
    const { domain, secret } = this.#credentials;
    return new Reader({
      open: (root) => this.#say(handshake(root.attrs.id ?? "", secret)),
      element: (element) => {
        const error = readStreamError(element);
        if (error !== undefined) throw explain(error, domain);
        if (this.#recognised) this.#handlers.take(element);
        else if (isHandshake(element)) this.#open();
      },
      cropped: (element, reason) => this.#handlers.refuse(element, reason),
      close: () => this.#closing || this.#say(STREAM_END),
    }, LIMITS);
  }

  #open(): void {
    this.#recognised = true;
    this.#handlers.open?.();
    this.#ready.resolve();
  }

  /** A server that does not speak XML is told so (RFC 6120 §4.9.1). */
  #reasonOf(error: unknown): ConnectionError {
    if (error instanceof ConnectionError) return error;
    const notUtf8 = error instanceof TypeError;
    if (!(error instanceof XmlError) && !notUtf8) {
      return new ConnectionError("lost", "The connection to the server broke", { cause: error });
    }
    const condition = error instanceof XmlError ? error.condition : "not-well-formed";
    this.#say(writeStreamError(condition));
    return new ConnectionError("lost", `The server sent what is not allowed on a stream (${condition})`, {
      cause: error,
    });
  }

  /** Sends what nobody waits for: a stream that has ended makes it pointless. */
  #say(text: string): void {
    this.#outbox.send(text).catch(() => {});
  }
}

/** The text ahead of the first bytes that are no UTF-8. */
function beforeGarbage(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes).split("\ufffd", 1)[0] ?? "";
}

/** Error for a server that is none for components, such as the port for clients. */
function unrecognised(): ConnectionError {
  return new ConnectionError(
    "unreachable",
    "The server does not answer the handshake: is component.port its port for components?",
  );
}
