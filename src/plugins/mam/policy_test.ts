import { assertEquals } from "@std/assert";
import { readXml } from "../../../tests/support/codec.ts";
import { CORPUS } from "../../../tests/support/corpus.ts";
import { describeMessage } from "../../wire/message.ts";
import type { Candidate, Verdict } from "./events.ts";
import { shouldStore } from "./policy.ts";

function candidate(children: string, type: string, options: Partial<Candidate> = {}): Candidate {
  const message = readXml(`<message xmlns="jabber:client" type="${type}">${children}</message>`);
  return { message, traits: describeMessage(message), direction: "incoming", toResource: false, ...options };
}

for (const { name, children, type = "chat", toResource = false, sent, received = sent } of CORPUS) {
  Deno.test(`shouldStore() on ${name}: ${sent} as it is sent, ${received} as it is received`, () => {
    assertEquals(shouldStore(candidate(children, type, { direction: "outgoing", toResource })), sent);
    assertEquals(shouldStore(candidate(children, type, { direction: "incoming", toResource })), received);
  });
}

const ERROR = "<error type='cancel'><gone xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>";

const OTHERS: readonly [description: string, candidate: Candidate, verdict: Verdict][] = [
  ["a message of a room", candidate("<body>Hi</body>", "groupchat"), "groupchat"],
  ["an unknown type, which is normal (RFC 6121 §5.2.2)", candidate("<body>Hi</body>", "gossip"), true],
  [
    "an error in answer to a message that was left out",
    candidate(ERROR, "error", { toResource: true, answersLeftOut: true }),
    "error",
  ],
  ["a moderation (XEP-0425)", candidate("<moderated xmlns='urn:xmpp:message-moderate:1'/>", "normal"), true],
];

for (const [description, value, verdict] of OTHERS) {
  Deno.test(`shouldStore() on ${description}: ${verdict}`, () => assertEquals(shouldStore(value), verdict));
}
