/** A URL that the driver understands, and what of it the driver must be told apart. */
export interface Addressed {
  readonly url: string;
  /** The folder of the server's socket. */
  readonly host?: string;
}

/**
 * Takes the parameter `host` out of a URL, which names the folder of a socket (libpq, "Connection URIs":
 * `postgresql://annals@localhost/annals?host=/run/postgresql`): the driver would send it to the server as a setting.
 */
export function addressed(url: string): Addressed {
  const [, before = url, host, after = ""] = /^([^?]+\?(?:[^&]+&)*)host=([^&]+)(?:&(.*))?$/.exec(url) ?? [];
  return host === undefined ? { url } : { url: before + after, host: decodeURIComponent(host) };
}
