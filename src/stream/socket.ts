/**
 * Dials the server.
 *
 * @module
 */
import { ConnectionError } from "./error.ts";

/** Milliseconds for dialling. */
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
  /** Whether to speak TLS from the first byte. */
  readonly tls: boolean;
}

/** Connects. Rejects with `ConnectionError`. */
export async function dial({ host, port, tls }: Address): Promise<Socket> {
  const giveUp = AbortSignal.timeout(DIAL_TIMEOUT);
  try {
    const conn = await Deno.connect({ hostname: host, port, signal: giveUp });
    // A page is many small writes; waiting to join them would cost 40 ms each time.
    conn.setNoDelay(true);
    return socketOf(tls ? await Deno.startTls(conn, { hostname: host }) : conn);
  } catch (cause) {
    throw new ConnectionError(
      "unreachable",
      `Cannot connect to ${host}:${port}${
        tls ? " with TLS" : ""
      }: is the server running, and component.port its port for components?`,
      { cause },
    );
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
