import { assertEquals } from "@std/assert";
import { readXml, testReading, testRefusals, testRoundTrips } from "../../tests/support/codec.ts";
import { xml } from "../xml/element.ts";
import { ack, batch, deleted, entry } from "./companion_handover.ts";

const ID = "AAMqAAAAAAAAAAAAAAAAAA";

testRoundTrips(batch, [
  ["one without entries", "<batch xmlns='annals:companion' seq='1'/>", { seq: 1, entries: [] }],
]);
Deno.test("<batch/> leaves its entries unread, so that one that is malformed does not take the others along", () => {
  const text = "<batch xmlns='annals:companion' seq='7'><entry at='x'/><other xmlns='a'/><entry/></batch>";
  const { seq, entries } = batch.read(readXml(text));
  assertEquals([seq, entries.map(({ attrs }) => attrs.at)], [7, ["x", undefined]]);
});

testRefusals(batch, [
  ["no seq", "<batch xmlns='annals:companion'/>", "bad-request", 'Found <batch/> without the attribute "seq"'],
  [
    "a seq that is none",
    "<batch xmlns='annals:companion' seq='-1'/>",
    "bad-request",
    'Found "-1" in the attribute "seq", expected an integer that is not negative',
  ],
]);

function message(to: string): ReturnType<typeof xml> {
  return xml("message", { xmlns: "jabber:client", to }, xml("body", {}, "a < b"));
}

/** An entry around a text. */
function around(text: string, attributes = `at='1' sent='${ID}'`): string {
  return `<entry xmlns='annals:companion' ${attributes}>${text}</entry>`;
}

const TEXT = '&lt;message xmlns="jabber:client" to="bob@b.test">&lt;body>a &amp;lt; b&lt;/body>&lt;/message>';

testRoundTrips(entry, [
  [
    "a message between two accounts",
    around(TEXT, `at='1763847000123' sent='${ID}' received='${ID}'`),
    { at: 1763847000123, sent: { id: ID }, received: { id: ID }, message: message("bob@b.test") },
  ],
  [
    "a message that the module has not judged",
    around(TEXT, `judge='true' at='1' sent='${ID}'`),
    { at: 1, unjudged: true, sent: { id: ID }, message: message("bob@b.test") },
  ],
  [
    "what is not decided yet",
    around(TEXT, `at='1' sent='${ID}' sent-if='contact' received='${ID}' received-if='stranger'`),
    {
      at: 1,
      sent: { id: ID, roster: "contact" },
      received: { id: ID, roster: "stranger" },
      message: message("bob@b.test"),
    },
  ],
]);
testReading(entry, [
  [
    "a message that declares no namespace",
    around("&lt;message to='bob@b.test'>&lt;body>a &amp;lt; b&lt;/body>&lt;/message>"),
    { at: 1, sent: { id: ID }, message: message("bob@b.test") },
  ],
  [
    "a prefix that the message declares",
    around("&lt;c:message xmlns:c='jabber:client'/>"),
    { at: 1, sent: { id: ID }, message: readXml("<c:message xmlns:c='jabber:client' xmlns='jabber:client'/>") },
  ],
]);
testRefusals(entry, [
  [
    "one in no archive",
    around(TEXT, "at='1'"),
    "bad-request",
    'Found <entry/> without the attributes "sent" and "received", expected one',
  ],
  ["one of no time", around(TEXT, `sent='${ID}'`), "bad-request", 'Found <entry/> without the attribute "at"'],
  [
    "a time that is none",
    around(TEXT, `at='yesterday' sent='${ID}'`),
    "bad-request",
    'Found "yesterday" in the attribute "at", expected an integer that is not negative',
  ],
  [
    "a time that no result could say (XEP-0082)",
    around(TEXT, `at='253402300800000' sent='${ID}'`),
    "bad-request",
    "Found the time 253402300800000, expected one before the year 10000",
  ],
  [
    "another word than a roster's",
    around(TEXT, `at='1' sent='${ID}' sent-if='friend'`),
    "bad-request",
    'Found "friend" in the attribute "sent-if", expected contact or stranger',
  ],
  [
    "no text",
    around(""),
    "bad-request",
    "Found an <entry/> whose text is no message: Found 0 elements, expected one",
  ],
  [
    "two messages",
    around("&lt;message/>&lt;message/>"),
    "bad-request",
    "Found an <entry/> whose text is no message: Found 2 elements, expected one",
  ],
  [
    "a message that does not end",
    around("&lt;message>"),
    "bad-request",
    "Found an <entry/> whose text is no message: Found an end tag that does not match the start tag",
  ],
  [
    "one that breaks out",
    around("&lt;/document>&lt;message/>"),
    "bad-request",
    "Found an <entry/> whose text is no message: Found an element behind the end of the stream",
  ],
  [
    "another stanza",
    around("&lt;iq/>"),
    "bad-request",
    "Found an <entry/> around something else, expected a message of a client",
  ],
  [
    "a message of another namespace",
    around("&lt;message xmlns='jabber:server'/>"),
    "bad-request",
    "Found an <entry/> around something else, expected a message of a client",
  ],
]);

testRoundTrips(deleted, [
  ["an account", "<deleted xmlns='annals:companion' seq='8' user='carol'/>", { seq: 8, user: "carol" }],
]);
testRefusals(deleted, [
  [
    "nobody",
    "<deleted xmlns='annals:companion' seq='8' user=''/>",
    "bad-request",
    'Found "" in the attribute "user", expected a local part',
  ],
]);

testRoundTrips(ack, [["a number", "<ack xmlns='annals:companion' seq='7'/>", 7]]);
