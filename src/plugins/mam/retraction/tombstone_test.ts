import { assertEquals } from "@std/assert";
import { canonical } from "../../../../tests/support/canonical.ts";
import { readXml } from "../../../../tests/support/codec.ts";
import type { Retraction } from "./retraction.ts";
import { tombstoneOf } from "./tombstone.ts";

const RETRACTION: Retraction = {
  target: "m1",
  with: "lord@capulet.example",
  author: { jid: "romeo@montague.example" },
  id: "r1",
  stamp: Date.UTC(2019, 8, 20, 23, 9, 32),
};
const MARK = "<retracted xmlns='urn:xmpp:message-retract:1' id='r1' stamp='2019-09-20T23:09:32.000Z'/>";
const ENDS = "from='romeo@montague.example/garden' to='lord@capulet.example'";

/** Children of a message, and what is left of them. */
const CHILDREN: readonly (readonly [name: string, before: string, after: string])[] = [
  ["a body", "<body>Have not saints lips?</body>", ""],
  ["a body in two languages", "<body xml:lang='en'>lips</body><body xml:lang='it'>labbra</body>", ""],
  ["a subject", "<subject>lips</subject>", ""],
  ["formatted text", "<html xmlns='http://jabber.org/protocol/xhtml-im'><body>lips</body></html>", ""],
  ["a file", "<x xmlns='jabber:x:oob'><url>https://example.org/lips.png</url></x>", ""],
  ["encryption", "<encrypted xmlns='eu.siacs.conversations.axolotl'><payload>bGlwcw==</payload></encrypted>", ""],
  ["a reply", "<reply xmlns='urn:xmpp:reply:0' to='lord@capulet.example' id='1'/>", ""],
  ["a reaction", "<reactions xmlns='urn:xmpp:reactions:0' id='1'><reaction>lips</reaction></reactions>", ""],
  ["a nickname", "<nick xmlns='http://jabber.org/protocol/nick'>lips</nick>", ""],
  ["an element of nobody's", "<lips xmlns='https://example.org/'>lips</lips>", ""],
  ["text between elements", "lips", ""],
  [
    "ids",
    "<stanza-id xmlns='urn:xmpp:sid:0' id='s' by='room@rooms.example'/><origin-id xmlns='urn:xmpp:sid:0' id='o'/>",
    "same",
  ],
  ["an occupant id", "<occupant-id xmlns='urn:xmpp:occupant-id:0' id='occupant'/>", "same"],
  ["a hint", "<store xmlns='urn:xmpp:hints'/>", "same"],
  ["a thread", "<thread parent='p'>t</thread>", "same"],
  [
    "a correction",
    "<replace xmlns='urn:xmpp:message-correct:0' id='m0'/><body>lips</body>",
    "<replace xmlns='urn:xmpp:message-correct:0' id='m0'/>",
  ],
  [
    "a delay with words",
    "<delay xmlns='urn:xmpp:delay' from='capulet.example' stamp='2019-09-20T23:08:25Z'>lips</delay>",
    "<delay xmlns='urn:xmpp:delay' from='capulet.example' stamp='2019-09-20T23:08:25Z'/>",
  ],
  [
    "words in a hint",
    "<store xmlns='urn:xmpp:hints' lips='lips'><lips>lips</lips></store>",
    "<store xmlns='urn:xmpp:hints'/>",
  ],
];

for (const [name, before, after] of CHILDREN) {
  Deno.test(`A tombstone of ${name}`, () => {
    const message = readXml(`<message type='chat' id='m1' xml:lang='en' ${ENDS}>${before}<body>lips</body></message>`);
    const expected = `<message type='chat' id='m1' ${ENDS}>${after === "same" ? before : after}${MARK}</message>`;
    const tombstone = canonical(tombstoneOf(message, RETRACTION));
    assertEquals(tombstone, canonical(readXml(expected)));
    assertEquals(JSON.stringify(tombstone).includes("lips"), false);
  });
}

Deno.test("A tombstone of what a moderator retracted says who and why, and no id", () => {
  const message = readXml(
    "<message type='groupchat' id='m1' from='room@rooms.example/oldhag'><body>DM me</body></message>",
  );
  const by: Retraction = {
    target: "s1",
    with: "room@rooms.example",
    author: {},
    id: "r1",
    stamp: RETRACTION.stamp,
    moderated: { by: "room@rooms.example/macbeth", occupantId: "o" },
    reason: "Spam",
  };
  assertEquals(
    canonical(tombstoneOf(message, by)),
    canonical(readXml(`<message type='groupchat' id='m1' from='room@rooms.example/oldhag'>
      <retracted xmlns='urn:xmpp:message-retract:1' stamp='2019-09-20T23:09:32.000Z'>
        <moderated xmlns='urn:xmpp:message-moderate:1' by='room@rooms.example/macbeth'>
          <occupant-id xmlns='urn:xmpp:occupant-id:0' id='o'/>
        </moderated>
        <reason>Spam</reason>
      </retracted>
    </message>`)),
  );
});
