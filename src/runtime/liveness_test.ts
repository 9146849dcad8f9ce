import { assertEquals, assertRejects } from "@std/assert";
import { ConnectionError } from "../stream/error.ts";
import { readXml } from "../../tests/support/codec.ts";
import type { Element } from "../xml/element.ts";
import { watchLiveness } from "./liveness.ts";
import { PendingRequests } from "./pending.ts";

/** Watches a server that has been silent for long and answers each ping as told; says what it was asked. */
async function watch(
  answers: readonly ((ping: Element, pending: PendingRequests) => void)[],
): Promise<string[]> {
  const gone = new AbortController();
  const asked: string[] = [];
  const pending = new PendingRequests((ping) => {
    asked.push(ping.toString());
    const answer = answers[asked.length - 1];
    if (asked.length === answers.length) gone.abort();
    answer?.(ping, pending);
    return Promise.resolve();
  });
  await watchLiveness({
    component: { pending },
    hosts: ["a.test", "b.test"],
    silentFor: () => 60_000,
    signal: gone.signal,
  });
  return asked;
}

function reply({ attrs: { id } }: Element, type: "result" | "error"): Element {
  const error = `<error type="cancel"><service-unavailable xmlns="urn:ietf:params:xml:ns:xmpp-stanzas"/></error>`;
  return readXml(`<iq type="${type}" id="${id}" from="a.test">${type === "error" ? error : ""}</iq>`);
}

Deno.test("watchLiveness() pings a server that is silent, and takes an error for an answer too (XEP-0199 §4.2)", async () => {
  const asked = await watch([
    (ping, pending) => pending.settle(reply(ping, "result")),
    (ping, pending) => pending.settle(reply(ping, "error")),
    (ping, pending) => pending.settle(reply(ping, "result")),
  ]);
  assertEquals(
    asked,
    [1, 2, 3].map((n) => `<iq type="get" to="a.test" id="annals-${n}"><ping xmlns="urn:xmpp:ping"/></iq>`),
  );
});

Deno.test("watchLiveness() rejects when there is no answer", async () => {
  const error = await assertRejects(() => watch([(_, pending) => pending.abandon(), () => {}]), ConnectionError);
  assertEquals([error.failure, error.message], ["lost", "The server gives no sign of life"]);
});

Deno.test("watchLiveness() asks nothing of a server that is heard, and ends with the stream", async () => {
  const gone = new AbortController();
  const looked = Promise.withResolvers<void>();
  const pending = new PendingRequests(() => Promise.reject(new Error("Found a ping, expected none")));
  const watching = watchLiveness({
    component: { pending },
    hosts: ["a.test"],
    signal: gone.signal,
    silentFor: () => {
      looked.resolve();
      return 0;
    },
  });
  await looked.promise;
  gone.abort();
  await watching;
});
