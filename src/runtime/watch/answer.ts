/**
 * What is answered over HTTP, apart from the server.
 *
 * @module
 */

/** Something that can be looked at. */
export interface View {
  readonly status?: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What there is to look at, by path; made anew for each look. */
export type Views = ReadonlyMap<string, () => View>;

/** Nothing of this is for a cache, to be taken for something else, or to tell others where it was seen. */
const HEADERS = {
  "cache-control": "no-store",
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
};

/** Answers a request: to look is all that one may (RFC 9110 §9.3.1, §9.3.2). */
export function answer({ method, url }: Pick<Request, "method" | "url">, views: Views): Response {
  const target = URL.parse(url);
  // RFC 9112 §3.2: the field Host, which is a part of it, may hold anything.
  if (target === null) return respond(method, plain(400, "The address of the request cannot be read"));
  const view = views.get(target.pathname);
  if (view === undefined) {
    return respond(method, plain(404, `There is nothing here but ${[...views.keys()].join(", ")}`));
  }
  if (method === "GET" || method === "HEAD") return respond(method, view());
  const refusal = plain(405, "This can only be looked at");
  return respond(method, { ...refusal, headers: { ...refusal.headers, allow: "GET, HEAD" } });
}

/** A line of text. */
export function plain(status: number, line: string): View {
  return { status, headers: { "content-type": "text/plain; charset=utf-8" }, body: `${line}\n` };
}

/** The response to a method. RFC 9110 §9.3.2: to HEAD, the same fields and no content. */
export function respond(method: string, { status = 200, headers, body }: View): Response {
  const length = String(new TextEncoder().encode(body).length);
  return new Response(method === "HEAD" ? null : body, {
    status,
    headers: { ...HEADERS, ...headers, "content-length": length },
  });
}
