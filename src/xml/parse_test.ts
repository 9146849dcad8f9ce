import { assertEquals, assertThrows } from "@std/assert";
import { XmlError } from "./error.ts";
import { parse } from "./parse.ts";
import { serialize } from "./writer.ts";

Deno.test("parse() reads one element, as it is", () => {
  assertEquals(serialize(parse(" <a xmlns='u'><b/></a>\n")), '<a xmlns="u"><b/></a>');
});

const REFUSED: readonly [what: string, text: string][] = [
  ["nothing", ""],
  ["two elements", "<a/><b/>"],
  ["text", "a"],
  ["an element that does not end", "<a>"],
  ["an element that ends twice", "<a/></a>"],
  ["an element and an attempt to leave", "<a/></document><document>"],
];

for (const [what, text] of REFUSED) {
  Deno.test(`parse() refuses ${what}`, () => void assertThrows(() => parse(text), XmlError));
}
