import { connect, type Socket } from "node:net";
import { Duplex } from "node:stream";
import type { Host } from "./hosts.ts";

/** Answer of a server that refuses TLS (PostgreSQL documentation §55.2.10 "SSL Session Encryption"). */
const NO = "N".charCodeAt(0);

/**
 * Begins a connection. The driver's own would not do: what it sends in parts waits for the answer to the first part (Nagle's
 * algorithm), and it begins TLS with a server that has none.
 */
export function openSocket({ host, port }: Host, { needsTls }: { readonly needsTls: boolean }): Socket {
  const socket = host.startsWith("/")
    ? connect({ path: `${host}/.s.PGSQL.${port}` })
    : connect({ host, port, noDelay: true });
  if (needsTls) {
    socket.once("data", ([answer]: Uint8Array) => {
      if (answer === NO) socket.destroy(Object.assign(new Error("The server speaks no TLS"), { code: "NO_TLS" }));
    });
  }
  // The driver takes the name that a certificate must have from here, and names both where it fails.
  return Object.assign(socket, { host, port });
}

/** Returns a socket that fails at once, which the driver gets in place of a second connection. */
export function refusedSocket(): Duplex {
  const error = Object.assign(new Error("The connection was lost"), { code: "CONNECTION_CLOSED" });
  return new Duplex({ read: () => {}, write: (_chunk, _encoding, done) => done(error) });
}
