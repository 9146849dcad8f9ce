/**
 * Dials the server.
 *
 * @module
 */
import { ConnectionError } from "./error.ts";

/** Milliseconds for dialling, TLS included. */
const DIAL_TIMEOUT = 15_000;

/** A way to the server and back. */
export interface Socket {
  /** Resolves to how many bytes were read, `null` at the end. */
  read(buffer: Uint8Array): Promise<number | null>;
  /** Writes all of it. */
  write(bytes: Uint8Array): Promise<void>;
  close(): void;
}

export interface Address {
  readonly host: string;
  readonly port: number;
  /** True to speak TLS from the first byte. */
  readonly tls: boolean;
}

/** Connects. Rejects with `ConnectionError`, also when the signal says to give up. */
export async function dial({ host, port, tls }: Address, signal?: AbortSignal): Promise<Socket> {
  const patience = AbortSignal.timeout(DIAL_TIMEOUT);
  const giveUp = signal === undefined ? patience : AbortSignal.any([signal, patience]);
  const conn = await connect(host, port, giveUp);
  // A page is many small writes; waiting to join them would cost 40 ms each time.
  conn.setNoDelay(true);
  return tls ? await secure(conn, host, giveUp) : socketOf(conn);
}

async function connect(hostname: string, port: number, signal: AbortSignal): Promise<Deno.TcpConn> {
  try {
    return await Deno.connect({ hostname, port, signal });
  } catch (cause) {
    const message =
      `Cannot connect to ${hostname}:${port}: is the server running, and component.port its port for components?`;
    throw new ConnectionError("unreachable", message, { cause });
  }
}

/** Left to itself, TLS would fail only when something is read, and look like a connection that broke. */
async function secure(conn: Deno.TcpConn, hostname: string, signal: AbortSignal): Promise<Socket> {
  const secured = await Deno.startTls(conn, { hostname });
  const socket = socketOf(secured);
  signal.addEventListener("abort", socket.close);
  try {
    signal.throwIfAborted();
    await secured.handshake();
    return socket;
  } catch (cause) {
    socket.close();
    const message =
      `Cannot speak TLS with ${hostname}: does component.port of the server expect it, and is the certificate one for this name?`;
    throw new ConnectionError("unreachable", message, { cause });
  } finally {
    signal.removeEventListener("abort", socket.close);
  }
}

function socketOf(conn: Deno.Conn): Socket {
  return {
    read: (buffer) => conn.read(buffer),
    async write(bytes): Promise<void> {
      for (let sent = 0; sent < bytes.length;) sent += await conn.write(bytes.subarray(sent));
    },
    close(): void {
      try {
        conn.close();
      } catch (error) {
        // Closing twice is no fault: either side may have been first.
        if (!(error instanceof Deno.errors.BadResource)) throw error;
      }
    },
  };
}
