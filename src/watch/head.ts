/**
 * The head of an HTTP request (RFC 9112): all that is read of one, since looking takes no content.
 *
 * @module
 */

/** Bytes of a head, at most. */
export const MAX_HEAD = 8 * 1024;

/** A request, as far as it is read. */
export interface Head {
  readonly method: string;
  /** Path without the query; empty where the target is none that anything can be found at. */
  readonly path: string;
  /** Field `Host`, or the host of an absolute target (RFC 9112 §3.2.2); HTTP/1.0 needs none. */
  readonly host: string | undefined;
  readonly accept: string;
}

const TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
const REQUEST_LINE = new RegExp(`^(${TOKEN}) ([!-~]+) HTTP/1\\.([01])$`);
const FIELD = new RegExp(`^(${TOKEN}):[ \\t]*(.*?)[ \\t]*$`);

/** Index of the end of the head, behind its empty line; -1 while that has not come. RFC 9112 §2.2: a line may end in LF alone. */
export function endOfHead(text: string): number {
  const end = /\r?\n\r?\n/.exec(text);
  return end === null ? -1 : end.index + end[0].length;
}

/** Reads a head; `undefined` where it is none (400 Bad Request). */
export function readHead(text: string): Head | undefined {
  const [first = "", ...rest] = text.slice(0, endOfHead(text)).trimEnd().split(/\r?\n/);
  const [, method, target = "", minor] = REQUEST_LINE.exec(first) ?? [];
  const fields = rest.map((line) => FIELD.exec(line));
  if (method === undefined || fields.includes(null)) return undefined;
  const values = (name: string): string[] => (
    fields.flatMap((field) => field?.[1]?.toLowerCase() === name ? [field[2] ?? ""] : [])
  );
  const hosts = values("host");
  // RFC 9112 §3.2
  if (hosts.length > 1 || (hosts.length === 0 && minor === "1")) return undefined;
  const url = target.startsWith("/") ? URL.parse(`http://host${target}`) : URL.parse(target);
  return {
    method,
    path: url?.protocol === "http:" ? url.pathname : "",
    host: target.startsWith("/") || url === null ? hosts[0] : url.host,
    accept: values("accept").join(", "),
  };
}
