import { assertEquals, assertNotEquals } from "@std/assert";
import { Element } from "../../src/xml/element.ts";
import { Reader } from "../../src/xml/reader.ts";
import { canonical } from "./canonical.ts";

const SAME: readonly (readonly [string, string])[] = [
  [`<a xmlns='u' b='1' c='2'/>`, `<a c="2" b='1' xmlns='u'></a>`],
  [`<p:a xmlns:p='u'><p:b/></p:a>`, `<a xmlns='u'><b/></a>`],
  [`<a xmlns:p='u' p:b='1'/>`, `<a xmlns:q='u' q:b='1'/>`],
  [`<a>&lt;&#38;</a>`, `<a><![CDATA[<&]]></a>`],
];

const DIFFERENT: readonly (readonly [string, string])[] = [
  [`<a xmlns='u'/>`, `<a xmlns='v'/>`],
  [`<a xmlns='u'><b xmlns=''/></a>`, `<a xmlns='u'><b/></a>`],
  [`<a b='1'/>`, `<a b='2'/>`],
  [`<a xmlns:p='u' p:b='1'/>`, `<a b='1'/>`],
  [`<a><b/><c/></a>`, `<a><c/><b/></a>`],
  [`<a>x </a>`, `<a>x</a>`],
];

for (const [one, other] of SAME) {
  Deno.test(`canonical() takes ${one} and ${other} for the same`, () => {
    assertEquals(canonical(read(one)), canonical(read(other)));
  });
}

for (const [one, other] of DIFFERENT) {
  Deno.test(`canonical() tells ${one} from ${other}`, () =>
    assertNotEquals(canonical(read(one)), canonical(read(other))));
}

function read(text: string): Element {
  let found = new Element("nothing");
  const reader = new Reader({ open: () => {}, element: (element) => found = element, close: () => {} });
  reader.push(`<root>${text}</root>`);
  return found;
}
