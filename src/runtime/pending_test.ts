import { assertEquals, assertNotEquals, assertRejects } from "@std/assert";
import { readXml } from "../../tests/support/codec.ts";
import { getRoster } from "../wire/rfc6121.ts";
import { ping } from "../wire/xep0199.ts";
import type { Element } from "../xml/element.ts";
import { StanzaError } from "../xmpp/error.ts";
import { Jid } from "../xmpp/jid.ts";
import { PendingRequests } from "./pending.ts";

const ALICE = Jid.parse("alice@a.test");

/** Requests over a stream that takes everything, and what it has taken. */
function pendingRequests(): { pending: PendingRequests; sent: Element[] } {
  const sent: Element[] = [];
  return { pending: new PendingRequests((stanza) => Promise.resolve(void sent.push(stanza))), sent };
}

function reply(request: Element | undefined, { from = "alice@a.test", type = "result", payload = "" } = {}): Element {
  return readXml(`<iq type="${type}" id="${request?.attrs.id}" from="${from}">${payload}</iq>`);
}

const ROSTER = `<query xmlns="jabber:iq:roster"><item jid="bob@b.test"/></query>`;

Deno.test("PendingRequests asks, each time under another id, and gives the reply as it is read", async () => {
  const { pending, sent } = pendingRequests();
  const [first, second] = [pending.ask(ALICE, getRoster, undefined), pending.ask(ALICE, ping, undefined)];
  assertEquals(sent.map(({ attrs: { type, to } }) => [type, to]), [["get", "alice@a.test"], ["get", "alice@a.test"]]);
  assertEquals(new Set(sent.map(({ attrs }) => attrs.id)).size, 2);
  assertEquals(pending.settle(reply(sent[1])), true);
  assertEquals(pending.settle(reply(sent[0], { payload: ROSTER })), true);
  assertEquals((await first).map(({ jid }) => jid.toString()), ["bob@b.test"]);
  assertEquals(await second, undefined);
});

for (const from of ["mallory@a.test", "alice@a.test/phone", "a.test", "alice@a.test.example"]) {
  Deno.test(`PendingRequests takes no reply of ${from} for one of alice@a.test (RFC 6120 §8.1.3)`, async () => {
    const { pending, sent } = pendingRequests();
    const asked = pending.ask(ALICE, getRoster, undefined);
    assertEquals(pending.settle(reply(sent[0], { from, payload: ROSTER.replace("bob", "mallory") })), false);
    assertEquals(pending.settle(reply(sent[0], { from, type: "error" })), false);
    assertEquals(pending.settle(reply(sent[0], { payload: ROSTER })), true);
    assertEquals((await asked).map(({ jid }) => jid.local), ["bob"]);
  });
}

Deno.test("PendingRequests has no use for a reply that nobody waits for, or waits for no longer", async () => {
  const { pending, sent } = pendingRequests();
  assertEquals(pending.settle(readXml(`<iq type="result" id="annals-1" from="alice@a.test"/>`)), false);
  const asked = pending.ask(ALICE, ping, undefined);
  pending.settle(reply(sent[0]));
  await asked;
  assertEquals(pending.settle(reply(sent[0])), false);
});

const FAILURES: readonly [
  description: string,
  condition: string,
  settle: (p: PendingRequests, sent: Element[]) => void,
][] = [
  ["an error", "forbidden", (pending, sent) => {
    const error = `<error type="auth"><forbidden xmlns="urn:ietf:params:xml:ns:xmpp-stanzas"/></error>`;
    pending.settle(reply(sent[0], { type: "error", payload: error }));
  }],
  ["a reply without what was asked for", "undefined-condition", (pending, sent) => void pending.settle(reply(sent[0]))],
  ["the end of the stream", "remote-server-timeout", (pending) => pending.abandon()],
  ["no reply in time", "remote-server-timeout", () => {}],
];

for (const [description, condition, settle] of FAILURES) {
  Deno.test(`PendingRequests rejects after ${description}: ${condition}`, async () => {
    const { pending, sent } = pendingRequests();
    const asked = pending.ask(ALICE, getRoster, undefined, { timeout: 0 });
    settle(pending, sent);
    assertEquals((await assertRejects(() => asked, StanzaError)).condition, condition);
  });
}

Deno.test("PendingRequests rejects with the reason why a request could not be sent", async () => {
  const pending = new PendingRequests(() => Promise.reject(new Error("no stream")));
  await assertRejects(() => pending.ask(ALICE, ping, undefined), Error, "no stream");
});

Deno.test("PendingRequests gives up a request that has not even left", async () => {
  const room = Promise.withResolvers<void>();
  const pending = new PendingRequests(() => room.promise);
  const asked = pending.ask(ALICE, ping, undefined);
  pending.abandon();
  await assertRejects(() => asked, StanzaError);
  room.reject(new Error("no stream"));
});

Deno.test("PendingRequests asks again where the reply may have gone to another connection, and under ids of its own", async () => {
  const sent: Element[] = [];
  const twice = Promise.withResolvers<void>();
  const pending = new PendingRequests((stanza) => {
    if (sent.push(stanza) === 2) twice.resolve();
    return Promise.resolve();
  }, { oneOfSeveral: true });
  const asked = pending.ask(ALICE, getRoster, undefined);
  await twice.promise;
  assertEquals(sent[0]?.toString(), sent[1]?.toString());
  assertNotEquals(sent[0]?.attrs.id, "annals-1");
  pending.settle(reply(sent[0], { payload: ROSTER }));
  assertEquals((await asked).length, 1);
});
