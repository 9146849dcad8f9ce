import { assertEquals } from "@std/assert";
import { xml } from "./element.ts";
import { parse } from "./parse.ts";

Deno.test("xml() leaves out what is undefined or empty", () => {
  const element = xml("a", { b: undefined, c: "" }, undefined, "", "x");
  assertEquals([Object.entries(element.attrs), element.children], [[["c", ""]], ["x"]]);
});

Deno.test("Element takes the names that objects have for attributes like any other", () => {
  const element = xml("a", Object.fromEntries([["__proto__", "1"], ["constructor", "2"]]));
  assertEquals(Object.entries(element.attrs), [["__proto__", "1"], ["constructor", "2"]]);
  assertEquals([xml("a").attrs.__proto__, xml("a").attrs.constructor, xml("a").attrs.toString], [
    undefined,
    undefined,
    undefined,
  ]);
});

const NAMESPACES: readonly [what: string, text: string, namespace: string | undefined][] = [
  ["of its own", "<a xmlns='u'><b xmlns='v'/></a>", "v"],
  ["of its parent", "<a xmlns='u'><b/></a>", "u"],
  ["of its prefix", "<a xmlns:p='u' xmlns='v'><p:b/></a>", "u"],
  ["of none, where there is none", "<a><b/></a>", undefined],
  ["of none, where it is taken away (Namespaces in XML §6.2)", "<a xmlns='u'><b xmlns=''/></a>", undefined],
];

for (const [what, text, namespace] of NAMESPACES) {
  Deno.test(`Element.getNS() is that ${what}`, () => {
    assertEquals(parse(text).getChild("b")?.getNS(), namespace);
  });
}
