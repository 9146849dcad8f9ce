import { assertEquals } from "@std/assert";
import { endOfHead, readHead } from "./head.ts";

const CASES: readonly [what: string, head: string, read: ReturnType<typeof readHead>][] = [
  ["as browsers write it", "GET /metrics?x=1 HTTP/1.1\r\nHost: localhost:9469\r\nAccept: text/plain\r\n\r\n", {
    method: "GET",
    path: "/metrics",
    host: "localhost:9469",
    accept: "text/plain",
  }],
  [
    "§3.2.2: with an absolute target, whose host is the one that holds",
    "HEAD http://[::1]:9/a HTTP/1.1\r\nHost: b\r\n\r\n",
    { method: "HEAD", path: "/a", host: "[::1]:9", accept: "" },
  ],
  ["§2.2: with lines that end in LF alone", "GET / HTTP/1.1\nhost:a\n\n", {
    method: "GET",
    path: "/",
    host: "a",
    accept: "",
  }],
  ["of HTTP/1.0 without a host", "GET / HTTP/1.0\r\n\r\n", { method: "GET", path: "/", host: undefined, accept: "" }],
  ["RFC 9110 §5.3: with a list in two fields", "GET / HTTP/1.1\r\nHost: a\r\nAccept: b\r\naccept: c\r\n\r\n", {
    method: "GET",
    path: "/",
    host: "a",
    accept: "b, c",
  }],
  ["RFC 9110 §9.3.7: for nothing in particular", "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", {
    method: "OPTIONS",
    path: "",
    host: "a",
    accept: "",
  }],
  ["of HTTP/1.1 without a host", "GET / HTTP/1.1\r\n\r\n", undefined],
  ["with two hosts", "GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", undefined],
  ["without a version", "GET /\r\n\r\n", undefined],
  ["of HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", undefined],
  ["with a field that is none", "GET / HTTP/1.1\r\nHost a\r\n\r\n", undefined],
  ["§5.1: with white space before a colon", "GET / HTTP/1.1\r\nHost : a\r\n\r\n", undefined],
  ["§5.2: with a folded line", "GET / HTTP/1.1\r\nHost: a\r\n b\r\n\r\n", undefined],
  ["of TLS", "\x16\x03\x01\x02\x00\x01\r\n\r\n", undefined],
  ["without anything", "\r\n\r\n", undefined],
];

for (const [what, head, read] of CASES) {
  Deno.test(`readHead() of a request ${what}`, () => assertEquals(readHead(head), read));
}

Deno.test("endOfHead() waits for an empty line", () => {
  assertEquals(["GET / HTTP/1.1\r\nHost: a\r\n", "a\r\n\r\nb", "a\n\n"].map(endOfHead), [-1, 5, 3]);
});
