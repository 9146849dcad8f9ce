import { assertEquals, assertStringIncludes } from "@std/assert";
import { canonical } from "../../tests/support/canonical.ts";
import { readXml, replyOf, testReading, testRefusals, testRoundTrips } from "../../tests/support/codec.ts";
import { Opaque } from "../xml/opaque.ts";
import { serialize } from "../xml/writer.ts";
import { Jid } from "../xmpp/jid.ts";
import { archiveMetadata, FORM, queryArchive, queryForm, result, writeResult } from "./xep0313.ts";

const RSM = "http://jabber.org/protocol/rsm";
const FORM_TYPE = "<field var='FORM_TYPE' type='hidden'><value>urn:xmpp:mam:2</value></field>";

testRoundTrips(queryArchive.query, [
  ["a request for all", "<query xmlns='urn:xmpp:mam:2'/>", { flip: false, set: {} }],
  [
    "a request of every part (§4)",
    `<query xmlns='urn:xmpp:mam:2' queryid='f27' node='princely_musings'>
      <x xmlns='jabber:x:data' type='submit'>${FORM_TYPE}<field var='with'><value>juliet@capulet.lit</value></field></x>
      <set xmlns='${RSM}'><max>10</max><after>09af3-cc343-b409f</after></set>
      <flip-page/>
    </query>`,
    {
      queryid: "f27",
      node: "princely_musings",
      with: Jid.parse("juliet@capulet.lit"),
      set: { max: 10, after: "09af3-cc343-b409f" },
      flip: true,
    },
  ],
  [
    "a request for the last page (§4.3.3)",
    `<query xmlns='urn:xmpp:mam:2'><set xmlns='${RSM}'><max>10</max><before/></set></query>`,
    { flip: false, set: { max: 10, before: "" } },
  ],
]);

testReading(queryArchive.query, [
  [
    "past children that it does not know",
    "<query xmlns='urn:xmpp:mam:2'><x xmlns='urn:example'/><flip-page xmlns='urn:example'/><other/></query>",
    { flip: false, set: {} },
  ],
]);

testRefusals(queryArchive.query, [
  [
    "two forms",
    "<query xmlns='urn:xmpp:mam:2'><x xmlns='jabber:x:data'/><x xmlns='jabber:x:data'/></query>",
    "bad-request",
    "Found more than one <x/> in <query/>, expected one",
  ],
  [
    "two pages",
    `<query xmlns='urn:xmpp:mam:2'><set xmlns='${RSM}'/><set xmlns='${RSM}'/></query>`,
    "bad-request",
    "Found more than one <set/> in <query/>, expected one",
  ],
  [
    "a page of a size that is none",
    `<query xmlns='urn:xmpp:mam:2'><set xmlns='${RSM}'><max>-1</max></set></query>`,
    "bad-request",
    'Found "-1" in <max/>, expected an integer from 0 to 2147483647',
  ],
  [
    "a queryid that would multiply",
    `<query xmlns='urn:xmpp:mam:2' queryid='${"x".repeat(1025)}'/>`,
    "policy-violation",
    "Found a queryid of 1025 characters, expected at most 1024",
  ],
]);

testRoundTrips(replyOf(queryArchive), [
  [
    "the end of a page (§4.3.1)",
    `<fin xmlns='urn:xmpp:mam:2'>
      <set xmlns='${RSM}'><count>20</count><first index='0'>28482-98726-73623</first><last>09af3-cc343-b409f</last></set>
    </fin>`,
    {
      complete: false,
      set: { first: { id: "28482-98726-73623", index: 0 }, last: "09af3-cc343-b409f", count: 20 },
    },
  ],
  [
    "the end of the last page (§4.3.2)",
    `<fin xmlns='urn:xmpp:mam:2' complete='true' stable='false' queryid='f27'><set xmlns='${RSM}'/></fin>`,
    { complete: true, stable: false, queryid: "f27", set: {} },
  ],
  [
    "stable results (§4.3.2)",
    `<fin xmlns='urn:xmpp:mam:2' stable='true'><set xmlns='${RSM}'/></fin>`,
    { complete: false, stable: true, set: {} },
  ],
]);

testReading(replyOf(queryArchive), [
  [
    "what is said to be incomplete (§4.3.2)",
    `<fin xmlns='urn:xmpp:mam:2' complete='false'><set xmlns='${RSM}'/></fin>`,
    { complete: false, set: {} },
  ],
]);

testRefusals(replyOf(queryArchive), [
  [
    "no page (§4)",
    "<fin xmlns='urn:xmpp:mam:2'/>",
    "bad-request",
    `Found <fin/> without <set xmlns="${RSM}"/>`,
  ],
  [
    "a truth that is none",
    `<fin xmlns='urn:xmpp:mam:2' complete='yes'><set xmlns='${RSM}'/></fin>`,
    "bad-request",
    'Found "yes" in the attribute "complete", expected "true" or "false"',
  ],
]);

testRoundTrips(queryForm.query, [["a request for the form", "<query xmlns='urn:xmpp:mam:2'/>", undefined]]);

testRoundTrips(replyOf(queryForm), [
  [
    "the form (§4.1.5)",
    `<query xmlns='urn:xmpp:mam:2'>
      <x xmlns='jabber:x:data' type='form'>
        <field type='hidden' var='FORM_TYPE'><value>urn:xmpp:mam:2</value></field>
        <field type='jid-single' var='with'/>
        <field type='text-single' var='start'/>
        <field type='text-single' var='end'/>
        <field type='text-single' var='before-id'/>
        <field type='text-single' var='after-id'/>
        <field type='list-multi' var='ids'>
          <validate xmlns='http://jabber.org/protocol/xdata-validate' datatype='xs:string'><open/></validate>
        </field>
        <field type='boolean' var='include-groupchat'/>
      </x>
    </query>`,
    FORM,
  ],
]);

testRoundTrips(archiveMetadata.query, [["a request for metadata", "<metadata xmlns='urn:xmpp:mam:2'/>", undefined]]);

testRoundTrips(replyOf(archiveMetadata), [
  ["an empty archive (§5)", "<metadata xmlns='urn:xmpp:mam:2'/>", undefined],
  [
    "the ends of an archive (§5)",
    `<metadata xmlns='urn:xmpp:mam:2'>
      <start id='YWxwaGEg' timestamp='2008-08-22T21:09:04.000Z'/>
      <end id='b21lZ2Eg' timestamp='2020-04-20T14:34:21.500Z'/>
    </metadata>`,
    {
      start: { id: "YWxwaGEg", stamp: Date.UTC(2008, 7, 22, 21, 9, 4) },
      end: { id: "b21lZ2Eg", stamp: Date.UTC(2020, 3, 20, 14, 34, 21, 500) },
    },
  ],
]);

testRefusals(replyOf(archiveMetadata), [
  [
    "one end",
    "<metadata xmlns='urn:xmpp:mam:2'><end id='a' timestamp='2020-04-20T14:34:21Z'/></metadata>",
    "bad-request",
    "Found only one of <start/> and <end/> in <metadata/>, expected both or none",
  ],
  [
    "an end without an id",
    `<metadata xmlns='urn:xmpp:mam:2'>
      <start timestamp='2020-04-20T14:34:21Z'/>
      <end id='a' timestamp='2020-04-20T14:34:21Z'/>
    </metadata>`,
    "bad-request",
    'Found <start/> without the attribute "id"',
  ],
]);

const MESSAGE = `<message xmlns='jabber:client' from='witch@shakespeare.lit'><body>Hail to thee</body></message>`;
const RESULT = `
  <result xmlns='urn:xmpp:mam:2' queryid='f27' id='28482-98726-73623'>
    <forwarded xmlns='urn:xmpp:forward:0'>
      <delay xmlns='urn:xmpp:delay' stamp='2010-07-10T23:08:25.000Z'/>
      ${MESSAGE}
    </forwarded>
  </result>`;
const STAMP = Date.UTC(2010, 6, 10, 23, 8, 25);

testRoundTrips(result, [
  [
    "a message (§4.2)",
    RESULT,
    { queryid: "f27", id: "28482-98726-73623", stamp: STAMP, stanza: readXml(MESSAGE) },
  ],
]);

testRefusals(result, [
  [
    "a message of no time",
    `<result xmlns='urn:xmpp:mam:2' id='1'><forwarded xmlns='urn:xmpp:forward:0'>${MESSAGE}</forwarded></result>`,
    "bad-request",
    "Found <result/> without <delay/>",
  ],
  [
    "a message without an id",
    RESULT.replace("id='28482-98726-73623'", ""),
    "bad-request",
    'Found <result/> without the attribute "id"',
  ],
  [
    "nothing",
    "<result xmlns='urn:xmpp:mam:2'/>",
    "bad-request",
    'Found <result/> without <forwarded xmlns="urn:xmpp:forward:0"/>',
  ],
]);

Deno.test("writeResult() writes what the codec does around a stanza, whatever the ids hold", () => {
  for (const ids of [{ id: "i1", queryid: "f27" }, { id: "i1" }, { id: `"<1>`, queryid: "&\t'" }]) {
    const written = serialize(writeResult({ ...ids, stamp: STAMP, stanza: "<message xmlns='jabber:client'/>" }));
    const stanza = new Opaque("<message xmlns='jabber:client'/>");
    assertEquals(written, serialize(result.write({ ...ids, stamp: STAMP, stanza })));
  }
});

Deno.test("writeResult() puts a stored stanza in, character by character", () => {
  const stored = "<message xmlns='jabber:client'   id='&#x31;'><body>&lt;b></body></message>";
  const written = serialize(writeResult({ id: "i1", queryid: "f27", stamp: STAMP, stanza: stored }));
  assertStringIncludes(written, stored);
  assertEquals(
    canonical(readXml(written)),
    canonical(result.write({ id: "i1", queryid: "f27", stamp: STAMP, stanza: readXml(stored) })),
  );
});
