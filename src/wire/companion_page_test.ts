import { assertEquals } from "@std/assert";
import { readXml, testReading, testRefusals, testRoundTrips } from "../testing/codec.ts";
import { xml } from "../xml/element.ts";
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

testRoundTrips(page, [
  ["nothing", "<page xmlns='annals:companion' request='r5'/>", { request: "r5", results: [] }],
]);

Deno.test("<page/> writes what it holds", () => {
  const text = page.write({ request: "r5", results: [xml("result", { xmlns: "urn:xmpp:mam:2", id: "1" })] }).toString();
  assertEquals(
    text,
    '<page xmlns="annals:companion" request="r5"><result xmlns="urn:xmpp:mam:2" id="1"/></page>',
  );
});
