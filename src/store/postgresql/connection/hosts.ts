import { ArchiveStoreError } from "../../error.ts";

/** One server: by name or address, or by the folder of its socket. */
export interface Host {
  readonly host: string;
  readonly port: number;
}

/** A URL taken apart. */
export interface Located {
  /** Servers, in the order in which they are tried. */
  readonly hosts: readonly Host[];
  /** The name of the database; that of the user where none is named. */
  readonly database: string;
  /** The same URL without the servers, for the driver: it knows neither addresses of IPv6 nor the folders of sockets. */
  readonly url: string;
}

/** Default port of a server. */
export const PORT = 5432;

/**
 * Finds the servers in a URL (libpq, "Connection URIs"). `host` and `port` may also be among its parameters, as in
 * `postgresql://annals@localhost/annals?host=/run/postgresql`: then they outrank what is ahead of them.
 * Throws `ArchiveStoreError` for what is no port, before the driver waits for it for ever.
 */
export function locate(url: string): Located {
  const [, scheme = "", user = "", named = "", path = "", query = ""] =
    /^(\w+:\/\/)([^@/?]*@)?([^/?]*)\/?([^?]*)\??(.*)$/.exec(url) ?? [];
  const parameters = query.split("&");
  const parameter = (name: string) => parameters.find((one) => one.startsWith(`${name}=`))?.slice(name.length + 1);
  const port = Number(parameter("port") ?? PORT);
  const ahead = hostsOf(named, port);
  const host = parameter("host");
  const hosts = host === undefined ? ahead : hostsOf(host, ahead[0]?.port ?? port);
  for (const { host, port } of hosts) requirePort(host, port);
  const rest = parameters.filter((one) => !/^(host|port)=/.test(one)).join("&");
  const database = path === "" ? user.replace(/[:@].*/, "") : path;
  return {
    hosts,
    database: decodeURIComponent(database),
    url: `${scheme}${user}localhost/${path}${rest === "" ? "" : `?${rest}`}`,
  };
}

/**
 * Takes `host`, `host:port`, `[address]`, `[address]:port` and folders apart, with commas between. What is none of these stays whole:
 * it is an address of IPv6 among the parameters, or nobody has that name, and an error says it.
 */
function hostsOf(text: string, otherwise: number): Host[] {
  return text.split(",").map(decodeURIComponent).map((one) => {
    const [, address, name = "localhost", port] = /^(?:\[([^\]]*)\]|(\/.*|[^:]+))?(?::(\d*))?$/.exec(one) ?? ["", one];
    return { host: address ?? name, port: Number(port || otherwise) };
  });
}

function requirePort(host: string, port: number): void {
  if (Number.isInteger(port) && port > 0 && port < 65536) return;
  const found = "its port is no number from 1 to 65535";
  throw new ArchiveStoreError({ operation: "open", path: host, found, hint: "correct its URL" });
}
