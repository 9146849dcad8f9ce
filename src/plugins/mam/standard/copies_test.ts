import { assertEquals } from "@std/assert";
import { readXml } from "../../../../tests/support/codec.ts";
import { forwarded, NS as NS_FORWARD } from "../../../wire/xep0297.ts";
import { xml } from "../../../xml/element.ts";
import { Jid } from "../../../xmpp/jid.ts";
import { Copies } from "./copies.ts";
import type { Candidate, Verdict } from "../events.ts";
import type { Incoming } from "../intake.ts";
import { shouldStore } from "../policy.ts";
import { Tally } from "../tally.ts";

const CHATSTATES = "http://jabber.org/protocol/chatstates";

/** Hands over stanzas and says which messages are passed on, and what is counted. */
function take(
  stanzas: readonly string[],
  { from = "a.test", resource = "", besides, id, judge = shouldStore, stripped = [CHATSTATES] }: {
    from?: string;
    /** Resource of the component, to which the copy is addressed. */
    resource?: string;
    /** The host whose messages a module hands over. */
    besides?: string;
    /** Id of the wrapper, which a server that copies at every hop sets. */
    id?: string;
    judge?: (candidate: Candidate) => Verdict;
    stripped?: readonly string[];
  } = {},
): { accepted: Incoming[]; counts: Record<string, number>; seen: string[] } {
  const accepted: Incoming[] = [];
  const seen: string[] = [];
  const tally = new Tally();
  const copies = new Copies({
    hosts: new Set(["a.test"]),
    archiving: {
      tally,
      stripped: new Set(stripped),
      accounts: { saw: (account) => void seen.push(account) },
      judge,
      accept(message): Promise<boolean> {
        accepted.push(message);
        return Promise.resolve(true);
      },
    },
    linkTo: (host) => ({ noteDuplicate: () => host === besides }),
    now: () => 0,
  });
  for (const stanza of stanzas) {
    const payload = xml("forwarded", { xmlns: NS_FORWARD }, readXml(stanza));
    copies.take({
      from: Jid.parse(from),
      element: xml("message", { from, to: `archive.a.test${resource}`, id }, payload),
      payload,
      read: () => forwarded.read(payload),
    });
  }
  return { accepted, counts: tally.counts(), seen };
}

function message(children: string, { from = "alice@a.test/x", to = "bob@b.test", type = "chat" } = {}): string {
  return `<message xmlns="jabber:client" type="${type}" id="m1" from="${from}" to="${to}">${children}</message>`;
}

const BODY = "<body>Hi</body>";

const SKIPPED: readonly [reason: string, stanza: string, options?: Parameters<typeof take>[1]][] = [
  ["forged", message(BODY), { from: "alice@a.test/x" }],
  ["forged", message(BODY), { from: "b.test" }],
  ["copy beside companion", message(BODY), { besides: "a.test" }],
  ["unreadable address", `<message xmlns="jabber:client" to="bob@b.test">${BODY}</message>`],
  ["presence", `<presence xmlns="jabber:client" from="alice@a.test/x"/>`],
  ["not a message", `<iq xmlns="jabber:client" from="alice@a.test/x"/>`],
  ["carbon", message(`<sent xmlns="urn:xmpp:carbons:2"/>`, { from: "alice@a.test", to: "alice@a.test/x" })],
  ["archive result", message(`<result xmlns="urn:xmpp:mam:2"/>`, { from: "alice@a.test", to: "alice@a.test/x" })],
  ["delegation", message(`<delegation xmlns="urn:xmpp:delegation:2"/>`, { from: "archive.a.test", to: "a.test" })],
  ["privilege", message(`<privilege xmlns="urn:xmpp:privilege:1"/>`, { from: "archive.a.test", to: "a.test" })],
  ["no local account", message(BODY, { from: "carol@c.test/z" })],
  ["headline", message(BODY, { type: "headline" })],
  ["no content", message(`<composing xmlns="${CHATSTATES}"/>`)],
  ["empty when stripped", message(`<received xmlns="urn:xmpp:receipts"/>`), { stripped: ["urn:xmpp:receipts"] }],
];

for (const [reason, stanza, options] of SKIPPED) {
  Deno.test(`Copies counts what it does not pass on, such as ${stanza}: ${reason}`, () => {
    const { accepted, counts } = take([stanza], options);
    assertEquals(accepted, []);
    assertEquals(counts, { [reason]: 1 });
  });
}

Deno.test("Copies passes a message on with its owners, serialised, and counts nothing", () => {
  const { accepted, counts } = take([message(BODY, { to: "bob@a.test/y" })]);
  assertEquals(accepted.map(({ time, stanza, owners }) => [time, stanza, owners.map(({ account }) => account.bare)]), [
    [0, message(BODY, { to: "bob@a.test/y" }), ["alice@a.test", "bob@a.test"]],
  ]);
  assertEquals(counts, {});
});

Deno.test("Copies takes a message without an address for one to the account of its sender (RFC 6120 §10.3.1)", () => {
  const { accepted } = take([`<message xmlns="jabber:client" from="alice@a.test/x">${BODY}</message>`]);
  assertEquals(accepted.map(({ owners }) => owners.map(({ peer }) => peer.toString())), [["alice@a.test"]]);
});

Deno.test("Copies counts further copies of a server that copies at every hop, and of no other", () => {
  assertEquals(take([message(BODY), message(BODY)], { id: "1" }).counts, { "further copy": 1 });
  assertEquals(take([message(BODY), message(BODY)]).accepted.length, 2);
});

Deno.test("Copies asks about each owner, and counts each refusal", () => {
  const asked: string[] = [];
  const { accepted, counts } = take([message(BODY, { to: "bob@a.test/y" })], {
    judge: ({ direction, toResource }) => {
      asked.push(`${direction} ${toResource}`);
      return direction === "incoming" ? true : "not mine";
    },
  });
  assertEquals(asked, ["outgoing true", "incoming true"]);
  assertEquals(accepted.map(({ owners }) => owners.map(({ account }) => account.bare)), [["bob@a.test"]]);
  assertEquals(counts, { "not mine": 1 });
});

/** Stanzas handed over, accounts whose existence they show, and archives they may go to. */
const SHOWN: readonly [stanza: string, options: Parameters<typeof take>[1], seen: string[], owners: string[]][] = [
  [message(BODY, { to: "bob@a.test" }), {}, ["alice@a.test"], ["alice@a.test", "bob@a.test"]],
  [message(BODY, { to: "bob@a.test" }), { resource: "/account" }, ["alice@a.test", "bob@a.test"], [
    "alice@a.test",
    "bob@a.test",
  ]],
  [message(BODY, { to: "bob@a.test" }), { resource: "/no-account" }, ["alice@a.test"], ["alice@a.test"]],
  [message(BODY, { from: "carol@c.test", to: "bob@a.test" }), { resource: "/no-account" }, [], []],
  [message(BODY, { to: "bob@a.test", type: "error" }), {}, [], []],
  [`<presence xmlns="jabber:client" from="alice@a.test/x" to="alice@a.test"/>`, { id: "1" }, ["alice@a.test"], []],
  [`<presence xmlns="jabber:client" from="alice@a.test/x" to="bob@a.test" type="unavailable"/>`, { id: "1" }, [], []],
];

for (const [stanza, options, seen, owners] of SHOWN) {
  Deno.test(`Copies of ${stanza} to ${options?.resource} shows ${seen}, and may be kept for ${owners}`, () => {
    const found = take([stanza], options);
    assertEquals(found.seen, seen);
    assertEquals(found.accepted.flatMap((incoming) => incoming.owners.map(({ account }) => account.bare)), owners);
    if (options?.resource === "/no-account") assertEquals(found.counts, { "unknown account": 1 });
  });
}

Deno.test("Copies takes a wrapper that a stranger wrote for an ordinary message (XEP-0280 §Security)", () => {
  for (const wrapper of [`<received xmlns="urn:xmpp:carbons:2"/>`, `<result xmlns="urn:xmpp:mam:2"/>`]) {
    const { accepted } = take([message(BODY + wrapper, { from: "mallory@b.test/x", to: "alice@a.test" })]);
    assertEquals(accepted.length, 1);
  }
});

Deno.test("Copies keeps a room's private message once, however many sessions it is sent to (XEP-0045 §7.5)", () => {
  const user = `<x xmlns="http://jabber.org/protocol/muc#user"/>`;
  const copies = ["1", "2"].map((resource) => (
    message(BODY + user, { from: "room@rooms.test/bob", to: `alice@a.test/${resource}` })
  ));
  const { accepted, counts } = take(copies);
  assertEquals([accepted.length, counts], [1, { "further copy": 1 }]);
});

Deno.test("Copies keeps the bounce of a message that it keeps, and of no other", () => {
  const bounce = message(`<error type="cancel"/>`, { type: "error", from: "bob@b.test", to: "alice@a.test/x" });
  const lost = message(`<composing xmlns="${CHATSTATES}"/>`);
  assertEquals(take([message(BODY), bounce]).accepted.length, 2);
  assertEquals(take([lost, bounce]).accepted.length, 0);
});
