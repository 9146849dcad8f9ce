import { assertEquals } from "@std/assert";
import { readXml, replyOf, testReading, testRefusals, testRoundTrips } from "../../tests/support/codec.ts";
import { xml } from "../xml/element.ts";
import { Jid } from "../xmpp/jid.ts";
import {
  askRecent,
  findRoomMessage,
  readRoomMarker,
  readRoomStart,
  roomDeleted,
  roomEntry,
  roomMarker,
} from "./companion_rooms_handover.ts";

const ID = "AAMqAAAAAAAAAAAAAAAAAA";
const TEXT =
  '&lt;message xmlns="jabber:client" from="tea@rooms.test/Alice" type="groupchat">&lt;body>a &amp;lt; b&lt;/body>&lt;/message>';
const MESSAGE = xml(
  "message",
  { xmlns: "jabber:client", from: "tea@rooms.test/Alice", type: "groupchat" },
  xml("body", {}, "a < b"),
);

/** An entry around a text. */
function around(text: string, attributes = `at='1' room='${ID}'`): string {
  return `<entry xmlns='annals:companion' ${attributes}>${text}</entry>`;
}

testRoundTrips(roomEntry, [
  ["a message of which only the room is known", around(TEXT), { at: 1, id: ID, sender: {}, message: MESSAGE }],
  ["a message that the module has not judged", around(TEXT, `judge='true' at='1' room='${ID}'`), {
    at: 1,
    id: ID,
    unjudged: true,
    sender: {},
    message: MESSAGE,
  }],
  [
    "all that is kept beside a message",
    around(
      TEXT,
      `at='1763847000123' room='${ID}' jid='alice@example.test/desk' affiliation='owner' role='moderator' occupant-id='dd72'`,
    ),
    {
      at: 1763847000123,
      id: ID,
      sender: {
        jid: Jid.parse("alice@example.test/desk"),
        affiliation: "owner",
        role: "moderator",
        occupantId: "dd72",
      },
      message: MESSAGE,
    },
  ],
]);
testRefusals(roomEntry, [
  [
    "one in no archive",
    around(TEXT, "at='1'"),
    "bad-request",
    'Found <entry/> without the attribute "room"',
  ],
  ["one of no time", around(TEXT, `room='${ID}'`), "bad-request", 'Found <entry/> without the attribute "at"'],
  [
    "a sender who is nobody",
    around(TEXT, `at='1' room='${ID}' jid='@'`),
    "bad-request",
    'Found "@" in the attribute "jid", expected a JID',
  ],
  [
    "no text",
    around(""),
    "bad-request",
    "Found an <entry/> whose text is no message: Found 0 elements, expected one",
  ],
]);

Deno.test("readRoomStart() reads whose a message is that does not end", () => {
  const text = "&lt;message from='tea@rooms.test/Alice'>&lt;body>";
  const { id, message } = readRoomStart(readXml(around(text)));
  assertEquals([id, message.attrs.from], [ID, "tea@rooms.test/Alice"]);
});

testRoundTrips(roomDeleted, [
  ["a room", "<deleted xmlns='annals:companion' seq='8' room='tea'/>", { seq: 8, room: "tea" }],
]);
testRefusals(roomDeleted, [
  [
    "an account",
    "<deleted xmlns='annals:companion' seq='8' user='carol'/>",
    "bad-request",
    'Found <deleted/> without the attribute "room"',
  ],
]);

testRoundTrips(askRecent.query, [
  ["a question", "<recent xmlns='annals:companion' room='tea' max='20'/>", { room: "tea", max: 20 }],
]);
testRefusals(askRecent.query, [
  [
    "a number that is none",
    "<recent xmlns='annals:companion' room='tea' max='all'/>",
    "bad-request",
    'Found "all" in the attribute "max", expected an integer from 0 to 2147483647',
  ],
]);
testRoundTrips(replyOf(askRecent), [
  ["nothing", "<recent xmlns='annals:companion' room='tea'/>", { room: "tea", entries: [] }],
]);
Deno.test("<recent/> holds entries of the room", () => {
  const entry = { at: 1, id: ID, sender: {}, message: MESSAGE };
  const written = replyOf(askRecent).write({ room: "tea", entries: [entry] });
  const [read] = replyOf(askRecent).read(written).entries;
  assertEquals([read?.at, read?.id, read?.message.toString()], [1, ID, MESSAGE.toString()]);
});

testRoundTrips(findRoomMessage.query, [
  ["a question", `<find xmlns='annals:companion' room='tea' id='${ID}'/>`, { room: "tea", id: ID }],
]);

testRoundTrips(roomMarker, [
  ["who may not see JIDs", "<companion xmlns='annals:companion' archive='room'/>", { behind: false, jids: false }],
  ["who may", "<companion xmlns='annals:companion' archive='room' behind='true' jids='true'/>", {
    behind: true,
    jids: true,
  }],
]);
testReading(roomMarker, [
  ["what is said the long way", "<companion xmlns='annals:companion' archive='room' behind='false' jids='false'/>", {
    behind: false,
    jids: false,
  }],
]);
testRefusals(roomMarker, [
  [
    "what is neither",
    "<companion xmlns='annals:companion' archive='room' jids='perhaps'/>",
    "bad-request",
    'Found "perhaps" in the attribute "jids", expected "true" or "false"',
  ],
]);

Deno.test("readRoomMarker() tells a request to a room from one to an account", () => {
  const mark = (attributes: string): string =>
    `<delegation xmlns='urn:xmpp:delegation:2'><companion xmlns='annals:companion'${attributes}/></delegation>`;
  assertEquals(readRoomMarker(readXml(mark(" archive='room' jids='true'"))), { behind: false, jids: true });
  assertEquals(readRoomMarker(readXml(mark(" jids='true'"))), undefined);
  assertEquals(readRoomMarker(readXml("<delegation xmlns='urn:xmpp:delegation:2'/>")), undefined);
});
