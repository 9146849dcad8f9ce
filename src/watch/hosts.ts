/**
 * Names by which a browser may ask. A page from elsewhere can point its own name at this machine (DNS rebinding), and would
 * then be allowed to read what it gets; the field `Host` tells, as it has that name.
 *
 * @module
 */

/** Addresses that are open to a network anyway, by whatever name it has for this machine. */
const ALL_ADDRESSES: ReadonlySet<string> = new Set(["0.0.0.0", "::"]);

const LOOPBACK = /^(localhost|.+\.localhost|127(\.\d{1,3}){3}|\[::1\])$/;

/** True where a request may name this host: that of `metrics.listen`, or this machine itself. Its port may be that of a tunnel. */
export function isOwnHost(host: string | undefined, listening: string): boolean {
  if (host === undefined || ALL_ADDRESSES.has(listening)) return true;
  const name = URL.parse(`http://${host}`)?.hostname ?? "";
  return LOOPBACK.test(name) || name === URL.parse(urlOf(listening, 1))?.hostname;
}

/** Returns the address for a browser. */
export function urlOf(hostname: string, port: number): string {
  return `http://${hostname.includes(":") ? `[${hostname}]` : hostname}:${port}/`;
}
