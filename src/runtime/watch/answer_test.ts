import { assertEquals } from "@std/assert";
import { answer, plain } from "./answer.ts";

const VIEWS = new Map([["/", () => plain(200, "all is well")], ["/down", () => plain(503, "it is not")]]);

const CASES = [
  ["GET", "/", 200, "all is well\n"],
  ["GET", "/?since=yesterday", 200, "all is well\n"],
  ["GET", "/down", 503, "it is not\n"],
  ["HEAD", "/", 200, ""],
  ["HEAD", "/down", 503, ""],
  ["GET", "/up", 404, "There is nothing here but /, /down\n"],
  ["HEAD", "/up", 404, ""],
  ["POST", "/up", 404, "There is nothing here but /, /down\n"],
  ["GET", "/%2e%2e/%00", 404, "There is nothing here but /, /down\n"],
  ["POST", "/", 405, "This can only be looked at\n"],
  ["DELETE", "/", 405, "This can only be looked at\n"],
  ["OPTIONS", "/", 405, "This can only be looked at\n"],
] as const;

for (const [method, path, status, body] of CASES) {
  Deno.test(`answer() to ${method} ${path} is ${status}`, async () => {
    const response = answer({ method, url: `http://localhost:9469${path}` }, VIEWS);
    assertEquals([response.status, await response.text()], [status, body]);
    // RFC 9110 §15.5.6
    assertEquals(response.headers.get("allow"), status === 405 ? "GET, HEAD" : null);
    assertEquals(response.headers.get("cache-control"), "no-store");
  });
}

Deno.test("answer() to a request whose field Host is none is 400 (RFC 9112 §3.2)", () => {
  assertEquals(answer({ method: "GET", url: "http://a b[/" }, VIEWS).status, 400);
});

Deno.test("answer() to HEAD has the length that GET would have (RFC 9110 §9.3.2)", () => {
  const response = answer({ method: "HEAD", url: "http://localhost/" }, VIEWS);
  assertEquals(response.headers.get("content-length"), "12");
});
