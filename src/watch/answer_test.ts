import { assertEquals } from "@std/assert";
import { answer, plain, writeResponse } from "./answer.ts";
import type { Head } from "./head.ts";

const VIEWS = new Map([["/", () => plain(200, "all is well")], ["/down", () => plain(503, "it is not")]]);

function ask(method: string, path: string, more: Partial<Head> = {}): ReturnType<typeof answer> {
  return answer({ method, path, host: "localhost:9469", accept: "", ...more }, {
    views: VIEWS,
    listening: "127.0.0.1",
  });
}

/** Parts of an answer: the status, the fields by lower-case name, and the content. */
function sent(method: string, view: ReturnType<typeof answer>): [number, Map<string, string>, string] {
  const [head = "", content = ""] = new TextDecoder().decode(writeResponse(method, view)).split("\r\n\r\n");
  const [first = "", ...lines] = head.split("\r\n");
  const fields = lines.map((line) => line.split(": ") as [string, string]);
  return [Number(first.split(" ")[1]), new Map(fields), content];
}

const CASES = [
  ["GET", "/", 200, "all is well\n"],
  ["GET", "/down", 503, "it is not\n"],
  ["HEAD", "/", 200, ""],
  ["HEAD", "/down", 503, ""],
  ["GET", "/up", 404, "There is nothing here but /, /down\n"],
  ["HEAD", "/up", 404, ""],
  ["POST", "/up", 404, "There is nothing here but /, /down\n"],
  ["GET", "", 404, "There is nothing here but /, /down\n"],
  ["POST", "/", 405, "This can only be looked at\n"],
  ["DELETE", "/", 405, "This can only be looked at\n"],
  ["OPTIONS", "/", 405, "This can only be looked at\n"],
] as const;

for (const [method, path, status, body] of CASES) {
  Deno.test(`answer() to ${method} ${path} is ${status}`, () => {
    const [found, fields, content] = sent(method, ask(method, path));
    assertEquals([found, content], [status, body]);
    // RFC 9110 §15.5.6
    assertEquals(fields.get("allow"), status === 405 ? "GET, HEAD" : undefined);
    assertEquals([fields.get("cache-control"), fields.get("connection")], ["no-store", "close"]);
  });
}

Deno.test("answer() to what is no request is 400 (RFC 9112 §3)", () => {
  assertEquals(answer(undefined, { views: VIEWS, listening: "127.0.0.1" }).status, 400);
});

Deno.test("answer() to a page that has pointed its own name here is 421 (RFC 9110 §15.5.20)", () => {
  const refused = ask("GET", "/", { host: "attacker.example:9469" });
  assertEquals([refused.status, refused.body], [
    421,
    'Expected the host that metrics.listen names, or localhost: "127.0.0.1"\n',
  ]);
});

Deno.test("writeResponse() to HEAD has the length that GET would have (RFC 9110 §9.3.2)", () => {
  assertEquals(sent("HEAD", ask("HEAD", "/"))[1].get("content-length"), "12");
});
