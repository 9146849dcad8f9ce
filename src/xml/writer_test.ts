import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { isChar } from "./characters.ts";
import { type Element, xml } from "./element.ts";
import { XmlError } from "./error.ts";
import { Opaque } from "./opaque.ts";
import { parse } from "./parse.ts";
import { Reader, SIZE_ONLY } from "./reader.ts";
import { serialize } from "./writer.ts";

const WRITTEN: readonly [what: string, element: Element, text: string][] = [
  ["an empty element", xml("a"), "<a/>"],
  ["attributes in their order", xml("a", { to: "1", from: "2", id: "3" }), '<a to="1" from="2" id="3"/>'],
  ["children in their order", xml("a", {}, "1", xml("b"), "2"), "<a>1<b/>2</a>"],
  ["text with markup in it", xml("a", {}, `<&>"'`), `<a>&lt;&amp;&gt;"'</a>`],
  ["an attribute with markup in it", xml("a", { b: `<&>"'` }), `<a b="&lt;&amp;&gt;&quot;'"/>`],
  ["the end of a CDATA section in text", xml("a", {}, "]]>"), "<a>]]&gt;</a>"],
  [
    "white space in text, which but for U+000D reads as it is (XML 1.0 §2.11)",
    xml("a", {}, "\t\n\r "),
    "<a>\t\n&#13; </a>",
  ],
  [
    "white space in attributes, which reads as blanks (XML 1.0 §3.3.3)",
    xml("a", { b: "\t\n\r " }),
    '<a b="&#9;&#10;&#13; "/>',
  ],
  ["characters beyond U+FFFF", xml("a", { b: "🌹" }, "🌹"), '<a b="🌹">🌹</a>'],
  ["XML that is serialised already", xml("a", {}, new Opaque("<b c='&amp;'/>"), xml("d")), "<a><b c='&amp;'/><d/></a>"],
];

for (const [what, element, text] of WRITTEN) {
  Deno.test(`serialize() writes ${what}`, () => assertEquals(serialize(element), text));
}

const INSIDE: readonly [what: string, text: string, inner: string][] = [
  ["a default namespace", "<a xmlns='u'><b/></a>", '<b xmlns="u"/>'],
  [
    "a default namespace that only a child relies on",
    "<a xmlns='u'><p:b xmlns:p='v'><c/></p:b></a>",
    '<p:b xmlns:p="v" xmlns="u"><c/></p:b>',
  ],
  ["the nearest default namespace", "<a xmlns='u'><b xmlns='v'/></a>", '<b xmlns="v"/>'],
  ["a prefix of its name", "<a xmlns:p='u'><p:b/></a>", '<p:b xmlns:p="u"/>'],
  ["a prefix of an attribute", "<a xmlns:p='u'><b p:c='1'/></a>", '<b p:c="1" xmlns:p="u"/>'],
  ["a prefix further down", "<a xmlns:p='u'><b><p:c/></b></a>", '<b xmlns:p="u"><p:c/></b>'],
  ["no prefix that it binds anew", "<a xmlns:p='u'><b><p:c xmlns:p='v'/></b></a>", '<b><p:c xmlns:p="v"/></b>'],
  [
    "a prefix that is used outside of where it is bound anew",
    "<a xmlns:p='u'><b><p:c xmlns:p='v'/><p:d/></b></a>",
    '<b xmlns:p="u"><p:c xmlns:p="v"/><p:d/></b>',
  ],
  ["no prefix that it does not use", "<a xmlns:p='u'><b xml:lang='en'/></a>", '<b xml:lang="en"/>'],
];

for (const [what, text, inner] of INSIDE) {
  Deno.test(`serialize() takes from around the element ${what}`, () => {
    const element = parse(text).getChildElements()[0];
    assertEquals(element && serialize(element), inner);
  });
}

Deno.test("serialize() goes by the tree that it writes, where an element is in several", () => {
  const shared = xml("p:b");
  const first = xml("a", { "xmlns:p": "u" }, shared);
  xml("a", {}, shared);
  assertEquals(serialize(first), '<a xmlns:p="u"><p:b/></a>');
});

for (const [what, character] of [["U+0000", "\0"], ["U+001F", "\x1f"], ["U+FFFF", "\uffff"]] as const) {
  Deno.test(`serialize() refuses ${what}, which XML cannot say (XML 1.0 [2])`, () => {
    assertThrows(() => serialize(xml("a", {}, character)), XmlError);
    assertThrows(() => serialize(xml("a", { b: character })), XmlError);
  });
}

const name = fc.stringMatching(/^[A-Za-z_é🌹][-.0-9A-Za-z_é·🌹]{0,15}$/u).filter((name) => !name.startsWith("xml"));
const NAMES = fc.oneof(fc.constantFrom("message", "body", "p:x", "constructor", "__proto__"), name);
/** Everything that XML can say, and often what it says in a special way. */
const VALUES = fc.string({
  unit: fc.oneof(
    fc.constantFrom(..."<>&\"']\r\n\t ;#x", "]]>", "\r\n", "&amp;"),
    fc.string({ unit: "binary", minLength: 1, maxLength: 1 }).filter((text) => isChar(text.codePointAt(0) ?? 0)),
  ),
});

const { tree } = fc.letrec<{ tree: Element; child: Element | string }>((tie) => ({
  tree: fc.tuple(NAMES, fc.array(fc.tuple(NAMES, VALUES), { maxLength: 4 }), fc.array(tie("child"), { maxLength: 4 }))
    .map(([name, attrs, children]) => xml(name, Object.fromEntries(attrs), ...separate(children))),
  child: fc.oneof({ maxDepth: 4, withCrossShrink: true }, VALUES, tie("tree")),
}));

/** Texts side by side are one when they are read. */
function separate(children: readonly (Element | string)[]): (Element | string)[] {
  return children.filter((child, index) => typeof child !== "string" || typeof children[index - 1] !== "string");
}

/** Returns the properties that tell elements apart. */
function shape(element: Element): unknown {
  const children = element.children.map((child) => typeof child === "string" ? child : shape(child));
  return [element.name, Object.entries(element.attrs), children];
}

Deno.test("What serialize() writes reads as what it was, wherever it is cut", () => {
  const cuts = fc.array(fc.nat(500), { maxLength: 8 });
  fc.assert(fc.property(tree, cuts, (element, cuts) => {
    const stanza = xml("stanza", { xmlns: "u", "xmlns:p": "v" }, element);
    const read: unknown[] = [];
    const reader = new Reader({ open: () => {}, element: (element) => read.push(shape(element)), close: () => {} });
    reader.push("<stream>");
    const characters = [...serialize(stanza)];
    const places = [0, ...cuts.sort((a, b) => a - b), characters.length];
    places.forEach((place, index) => reader.push(characters.slice(places[index - 1] ?? 0, place).join("")));
    assertEquals(read, [shape(stanza)]);
  }));
});

Deno.test("serialize() and parse() take as many levels and attributes as fit in a message", () => {
  const levels = 40_000;
  const attributes = Array.from({ length: 20_000 }, (_, index) => ` a${index}="${index}"`).join("");
  const deep = `<message xmlns="jabber:client">${"<a>".repeat(levels)}x<b/>${"</a>".repeat(levels)}y</message>`;
  for (const text of [deep, `<message xmlns="jabber:client"${attributes}/>`]) {
    assertEquals(serialize(parse(text, SIZE_ONLY)), text);
    const inner = xml("outer", { xmlns: "jabber:client" }, parse(text, SIZE_ONLY)).getChild("message");
    assertEquals(serialize(inner ?? xml("none")), text);
  }
});
