import { assertEquals } from "@std/assert";
import { readXml, testReading, testRefusals, testRoundTrips } from "../../tests/support/codec.ts";
import { serialize } from "../xml/writer.ts";
import { marker, page, readMarker } from "./companion_page.ts";

testRoundTrips(marker, [
  ["a module that holds nothing", "<companion xmlns='annals:companion'/>", { behind: false }],
  ["a module that is behind", "<companion xmlns='annals:companion' behind='true'/>", { behind: true }],
]);
testReading(marker, [
  ["what is said the long way", "<companion xmlns='annals:companion' behind='false'/>", { behind: false }],
]);
testRefusals(marker, [
  [
    "what is neither",
    "<companion xmlns='annals:companion' behind='perhaps'/>",
    "bad-request",
    'Found "perhaps" in the attribute "behind", expected "true" or "false"',
  ],
]);

Deno.test("readMarker() tells a module from another server", () => {
  const forwarded = "<forwarded xmlns='urn:xmpp:forward:0'/>";
  assertEquals(readMarker(readXml(`<delegation xmlns='urn:xmpp:delegation:2'>${forwarded}</delegation>`)), undefined);
  const marked =
    `<delegation xmlns='urn:xmpp:delegation:2'><companion xmlns='annals:companion'/>${forwarded}</delegation>`;
  assertEquals(readMarker(readXml(marked)), { behind: false });
});

testReading(page, [
  ["nothing", "<page xmlns='annals:companion' request='r5' sizes=''/>", { request: "r5", text: "", sizes: [] }],
  [
    "two messages",
    "<page xmlns='annals:companion' request='r5' sizes='10 10'>&lt;message/>&lt;message/></page>",
    { request: "r5", text: "<message/><message/>", sizes: [10, 10] },
  ],
]);

Deno.test("<page/> reads the text that it writes", () => {
  for (const text of ["<message to='a@b/c'><body>&amp;</body></message>", "]]>]]>", "]]"]) {
    const written = { request: "r5", text, sizes: [text.length] };
    assertEquals(page.read(readXml(serialize(page.write(written)))), written);
  }
});
