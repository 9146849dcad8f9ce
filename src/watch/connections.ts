/**
 * Connections of those who look, bounded in number, bytes and time. They take file descriptors of the service that keeps the
 * archives, and nothing that happens on one of them may end it.
 *
 * Written here, since neither of Deno's HTTP servers will do: `Deno.serve` bounds neither, and ends the process where a
 * connection cannot be accepted (EMFILE); `node:http` accepts none any more after that.
 *
 * @module
 */
import { pause } from "../lib/pause.ts";
import type { Log } from "../log/log.ts";
import { RareLine } from "../log/rare_line.ts";
import { endOfHead, type Head, MAX_HEAD, readHead } from "./head.ts";

/** Connections at once. A further one takes the place of the oldest, so that nobody can keep others out by waiting. */
const MOST = 64;
/** Milliseconds until the head of a request is there, and until the whole response is taken. */
const TIMES = { head: 5_000, whole: 30_000 };
/** Milliseconds until another connection is accepted after one could not be. */
const PAUSE = 200;

export interface ConnectionOptions {
  /** Makes the response to a request; to `undefined`, which is none. May not throw. */
  readonly respond: (head: Head | undefined) => Uint8Array;
  readonly log: Log;
  /** Default: 5 s for the head of a request, 30 s for all. */
  readonly times?: typeof TIMES;
}

/** Takes connections from a listener, and a request from each, until it is disposed of. */
export class Connections implements AsyncDisposable {
  readonly #listener: Deno.TcpListener;
  readonly #options: ConnectionOptions;
  /** Functions that end each connection, the oldest first. */
  readonly #open = new Map<Deno.TcpConn, () => void>();
  readonly #ended = new AbortController();
  readonly #accepting: Promise<void>;
  readonly #failures: RareLine;

  constructor(listener: Deno.TcpListener, options: ConnectionOptions) {
    this.#listener = listener;
    this.#options = options;
    this.#failures = new RareLine(options.log, {
      level: "error",
      event: "look-refused",
      message: "A connection to the status page could not be accepted",
      count: "failed_so_far",
    });
    this.#accepting = this.#accept();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#ended.abort();
    this.#listener.close();
    for (const end of this.#open.values()) end();
    await this.#accepting;
  }

  async #accept(): Promise<void> {
    const { signal } = this.#ended;
    while (!signal.aborted) {
      try {
        this.#take(await this.#listener.accept());
      } catch (error) {
        if (signal.aborted) return;
        this.#failures.add({ error });
        await pause(PAUSE, signal);
      }
    }
  }

  #take(connection: Deno.TcpConn): void {
    const [oldest] = this.#open.values();
    if (this.#open.size >= MOST) oldest?.();
    const ended = Promise.withResolvers<void>();
    const { head, whole } = this.#options.times ?? TIMES;
    const timers = [head, whole].map((time) => setTimeout(end, time));
    const open = this.#open;
    function end(): void {
      if (!open.delete(connection)) return;
      for (const timer of timers) clearTimeout(timer);
      connection.close();
      ended.resolve();
    }
    open.set(connection, end);
    // What fails here is the other end's, or comes of end().
    this.#serve(connection, () => clearTimeout(timers[0])).catch(() => {}).finally(end);
  }

  async #serve(connection: Deno.TcpConn, inTime: () => void): Promise<void> {
    const head = await headOf(connection);
    if (head === null) return;
    inTime();
    const response = this.#options.respond(head);
    for (let sent = 0; sent < response.length;) sent += await connection.write(response.subarray(sent));
    await connection.closeWrite();
    // RFC 9112 §9.6: to close before all is read that was sent may take the response from who has not read it yet.
    const rest = new Uint8Array(4096);
    for (let read: number | null = 0, all = 0; read !== null && all < MAX_HEAD; all += read ?? 0) {
      read = await connection.read(rest);
    }
  }
}

const LF = 10;

/** The head of the request that comes; `undefined` where it is none, `null` where nothing comes. */
async function headOf(connection: Deno.TcpConn): Promise<Head | undefined | null> {
  const bytes = new Uint8Array(MAX_HEAD);
  let length = 0;
  while (length < MAX_HEAD) {
    const read = await connection.read(bytes.subarray(length));
    if (read === null) return length === 0 ? null : undefined;
    length += read;
    if (!bytes.subarray(length - read, length).includes(LF)) continue;
    // A byte is a character: nothing else than ASCII is read of it.
    const text = String.fromCharCode(...bytes.subarray(0, length));
    if (endOfHead(text) >= 0) return readHead(text);
  }
  return undefined;
}
