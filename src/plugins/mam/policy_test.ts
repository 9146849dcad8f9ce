import { assertEquals } from "@std/assert";
import { xml } from "../../xml/element.ts";
import { describeMessage } from "../../wire/message.ts";
import type { Candidate, Verdict } from "./events.ts";
import { shouldStore } from "./policy.ts";

const BODY = xml("body", {}, "Hi");

function candidate(
  type: string | undefined,
  children: ReturnType<typeof xml>[],
  options: Partial<Candidate> = {},
): Candidate {
  const message = xml("message", { xmlns: "jabber:client", type }, ...children);
  return { message, traits: describeMessage(message), direction: "incoming", toResource: false, ...options };
}

const HINTS = "urn:xmpp:hints";

const ROWS: readonly [description: string, candidate: Candidate, verdict: Verdict][] = [
  ["a body", candidate("chat", [BODY]), true],
  ["a body without a type", candidate(undefined, [BODY]), true],
  ["a body of an unknown type, which is normal (RFC 6121 §5.2.2)", candidate("gossip", [BODY]), true],
  ["an empty body", candidate("chat", [xml("body")]), true],
  ["a headline", candidate("headline", [BODY]), "headline"],
  ["a headline with the hint to store", candidate("headline", [BODY, xml("store", { xmlns: HINTS })]), "headline"],
  ["a message of a room", candidate("groupchat", [BODY]), "groupchat"],
  ["a bounce to the session that sent", candidate("error", [BODY], { toResource: true }), true],
  ["an error to the bare JID", candidate("error", [BODY]), "error"],
  ["an error that a user sends", candidate("error", [BODY], { direction: "outgoing", toResource: true }), "error"],
  ["no-store", candidate("chat", [BODY, xml("no-store", { xmlns: HINTS })]), "hint"],
  ["no-permanent-store", candidate("chat", [BODY, xml("no-permanent-store", { xmlns: HINTS })]), "hint"],
  [
    "no-store beside store",
    candidate("chat", [xml("store", { xmlns: HINTS }), xml("no-store", { xmlns: HINTS })]),
    "hint",
  ],
  ["store and nothing else", candidate("chat", [xml("store", { xmlns: HINTS })]), true],
  ["a subject", candidate("normal", [xml("subject", {}, "Tea")]), true],
  ["an encrypted message (XEP-0380)", candidate("chat", [xml("encryption", { xmlns: "urn:xmpp:eme:0" })]), true],
  ["a receipt (XEP-0184)", candidate("chat", [xml("received", { xmlns: "urn:xmpp:receipts", id: "1" })]), true],
  ["a chat marker (XEP-0333)", candidate("chat", [xml("displayed", { xmlns: "urn:xmpp:chat-markers:0" })]), true],
  [
    "a direct invitation (XEP-0249)",
    candidate("normal", [xml("x", { xmlns: "jabber:x:conference", jid: "r@c" })]),
    true,
  ],
  [
    "a mediated invitation (XEP-0045 §7.8.2)",
    candidate("normal", [xml("x", { xmlns: "http://jabber.org/protocol/muc#user" }, xml("invite"))]),
    true,
  ],
  [
    "muc#user without an invitation",
    candidate("normal", [xml("x", { xmlns: "http://jabber.org/protocol/muc#user" })]),
    "no content",
  ],
  ["a Jingle message (XEP-0353)", candidate("chat", [xml("propose", { xmlns: "urn:xmpp:jingle-message:0" })]), true],
  [
    "a chat state alone",
    candidate("chat", [xml("composing", { xmlns: "http://jabber.org/protocol/chatstates" })]),
    "no content",
  ],
  ["nothing", candidate("chat", []), "no content"],
];

for (const [description, value, verdict] of ROWS) {
  Deno.test(`shouldStore() on ${description}: ${verdict}`, () => assertEquals(shouldStore(value), verdict));
}
