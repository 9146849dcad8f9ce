/**
 * Answers over HTTP, apart from the server.
 *
 * @module
 */
import type { Head } from "./head.ts";
import { isOwnHost } from "./hosts.ts";

/** Something that can be looked at. */
export interface View {
  readonly status?: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Views by path; made anew for each look, in a form that the field `Accept` asks for. */
export type Views = ReadonlyMap<string, (accept: string) => View>;

/** Nothing of this is for a cache, to be taken for something else, or to tell others where it was seen. */
const HEADERS = {
  "cache-control": "no-store",
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "connection": "close",
};

const REASONS: Readonly<Record<number, string>> = {
  200: "OK",
  400: "Bad Request",
  404: "Not Found",
  405: "Method Not Allowed",
  421: "Misdirected Request",
  500: "Internal Server Error",
  503: "Service Unavailable",
};

/** Answers a request: to look is all that one may (RFC 9110 §9.3.1, §9.3.2). `listening` is the host of `metrics.listen`. */
export function answer(head: Head | undefined, { views, listening }: { views: Views; listening: string }): View {
  if (head === undefined) return plain(400, "The request cannot be read: expected HTTP/1.1, of 8 KiB at most");
  if (!isOwnHost(head.host, listening)) {
    return plain(421, `Expected the host that metrics.listen names, or localhost: "${listening}"`);
  }
  const view = views.get(head.path);
  if (view === undefined) return plain(404, `There is nothing here but ${[...views.keys()].join(", ")}`);
  if (head.method === "GET" || head.method === "HEAD") return view(head.accept);
  const refusal = plain(405, "This can only be looked at");
  return { ...refusal, headers: { ...refusal.headers, allow: "GET, HEAD" } };
}

/** A line of text. */
export function plain(status: number, line: string): View {
  return { status, headers: { "content-type": "text/plain; charset=utf-8" }, body: `${line}\n` };
}

/** The response to a method, as it is sent. RFC 9110 §9.3.2: to HEAD, the same fields and no content. */
export function writeResponse(method: string, { status = 200, headers, body }: View): Uint8Array<ArrayBuffer> {
  const encoder = new TextEncoder();
  const content = encoder.encode(body);
  const fields = Object.entries({
    date: new Date().toUTCString(),
    ...HEADERS,
    ...headers,
    "content-length": String(content.length),
  });
  const lines = [`HTTP/1.1 ${status} ${REASONS[status] ?? ""}`, ...fields.map((field) => field.join(": "))];
  const head = encoder.encode(`${lines.join("\r\n")}\r\n\r\n`);
  const response = new Uint8Array(head.length + (method === "HEAD" ? 0 : content.length));
  response.set(head);
  if (method !== "HEAD") response.set(content, head.length);
  return response;
}
