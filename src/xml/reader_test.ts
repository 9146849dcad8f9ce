import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { XmlError } from "./error.ts";
import { type Limits, Reader } from "./reader.ts";
import { serialize } from "./writer.ts";

const NS_STREAM = "http://etherx.jabber.org/streams";
const ROOT = `<stream:stream xmlns='jabber:component:accept' xmlns:stream='${NS_STREAM}' id='3BF96D32'>`;
const XMLNS = 'xmlns="jabber:component:accept"';

/** Lists a reader's events for a stream in these pieces; an offence comes last, as its condition. */
function told(pieces: Iterable<string>, limits?: Partial<Limits>): string[] {
  const events: string[] = [];
  const reader = new Reader({
    open: (root) => events.push(`open ${serialize(root)}`),
    element: (element) => events.push(serialize(element)),
    close: () => events.push("close"),
  }, limits);
  try {
    for (const piece of pieces) reader.push(piece);
  } catch (error) {
    if (!(error instanceof XmlError)) throw error;
    events.push(error.condition);
  }
  return events;
}

/** The same, having made sure that it does not matter where the text is cut. */
function toldHoweverCut(text: string, limits?: Partial<Limits>): string[] {
  const whole = told([text], limits);
  assertEquals(told(text, limits), whole, "One character at a time it reads differently");
  return whole;
}

/** Lists the children of the root as they are read. */
function children(text: string, limits?: Partial<Limits>): string[] {
  return toldHoweverCut(ROOT + text, limits).slice(1);
}

const ACCEPTED: readonly [what: string, text: string, ...read: string[]][] = [
  ["an empty element", "<a/>", `<a ${XMLNS}/>`],
  [
    "white space in tags (XML 1.0 [40], [42], [44])",
    "<a  b = 'c'\n\td\r=\"e\" ></a\t><f />",
    `<a b="c" d="e" ${XMLNS}/>`,
    `<f ${XMLNS}/>`,
  ],
  ["white space between stanzas (RFC 6120 §4.6.1)", " \n\t\r<a/> \n<b/>", `<a ${XMLNS}/>`, `<b ${XMLNS}/>`],
  ["either quote within the other", `<a b="'" c='"'/>`, `<a b="'" c="&quot;" ${XMLNS}/>`],
  ["a greater-than sign in an attribute and in text", "<a b='>'>></a>", `<a b="&gt;" ${XMLNS}>&gt;</a>`],
  ["closing square brackets in text", "<a>]] ]></a>", `<a ${XMLNS}>]] ]&gt;</a>`],
  [
    "the five entities (XML 1.0 §4.6)",
    "<a b='&lt;&quot;'>&amp;&gt;&apos;</a>",
    `<a b="&lt;&quot;" ${XMLNS}>&amp;&gt;'</a>`,
  ],
  ["what only looks like a reference to a reference", "<a>&amp;lt;</a>", `<a ${XMLNS}>&amp;lt;</a>`],
  ["character references (XML 1.0 §4.1)", "<a>&#x1F339;&#65;&#x00041;</a>", `<a ${XMLNS}>🌹AA</a>`],
  ["ends of lines as U+000A (XML 1.0 §2.11)", "<a>1\r\n2\r3\n\r4</a>", `<a ${XMLNS}>1\n2\n3\n\n4</a>`],
  ["a reference to U+000D as itself", "<a>&#13;\n</a>", `<a ${XMLNS}>&#13;\n</a>`],
  ["white space in attributes as blanks (XML 1.0 §3.3.3)", "<a b='1\r\n2\t3\n4'/>", `<a b="1 2 3 4" ${XMLNS}/>`],
  ["references to white space in attributes as it is", "<a b='&#13;&#xA;&#9;'/>", `<a b="&#13;&#10;&#9;" ${XMLNS}/>`],
  ["CDATA sections (XML 1.0 §2.7)", "<a>1<![CDATA[<&amp;]]]]>2<![CDATA[]]></a>", `<a ${XMLNS}>1&lt;&amp;amp;]]2</a>`],
  ["ends of lines in CDATA sections", "<a><![CDATA[1\r\n2]]></a>", `<a ${XMLNS}>1\n2</a>`],
  ["names beyond ASCII (XML 1.0 [4])", "<é·🌹 a-b.c_1='é'/>", `<é·🌹 a-b.c_1="é" ${XMLNS}/>`],
  [
    "names that objects have",
    "<constructor __proto__='1' toString='2'/>",
    `<constructor __proto__="1" toString="2" ${XMLNS}/>`,
  ],
  ["characters beyond U+FFFF", "<a b='🌹'>🌹</a>", `<a b="🌹" ${XMLNS}>🌹</a>`],
  ["a namespace of its own", "<a xmlns='urn:x'><b/></a>", '<a xmlns="urn:x"><b/></a>'],
  ["no namespace at all (Namespaces in XML §6.2)", "<a xmlns=''/>", '<a xmlns=""/>'],
  ["a prefix of the root", "<stream:a/>", `<stream:a xmlns:stream="${NS_STREAM}" ${XMLNS}/>`],
  [
    "a prefix of the root further down",
    "<a><b stream:c='1'/></a>",
    `<a xmlns:stream="${NS_STREAM}" ${XMLNS}><b stream:c="1"/></a>`,
  ],
  [
    "a prefix bound anew",
    "<a><stream:b xmlns:stream='urn:x'/></a>",
    `<a ${XMLNS}><stream:b xmlns:stream="urn:x"/></a>`,
  ],
  [
    "a prefix bound behind its use in the tag",
    "<x:a x:b='1' xmlns:x='urn:x'/>",
    `<x:a x:b="1" xmlns:x="urn:x" ${XMLNS}/>`,
  ],
  ["the prefix xml (Namespaces in XML §3)", "<a xml:lang='en'/>", `<a xml:lang="en" ${XMLNS}/>`],
  [
    "one local name in two namespaces",
    "<a b='1' x:b='2' xmlns:x='urn:x'/>",
    `<a b="1" x:b="2" xmlns:x="urn:x" ${XMLNS}/>`,
  ],
];

for (const [what, text, ...read] of ACCEPTED) {
  Deno.test(`Reader takes ${what}`, () => assertEquals(children(text), read));
}

const REFUSED: readonly [what: string, text: string, condition: string][] = [
  ["text between stanzas", "<a/>x", "bad-format"],
  ["a reference between stanzas", "&#32;", "bad-format"],
  ["a CDATA section between stanzas", "<![CDATA[ ]]>", "bad-format"],
  ["a comment (RFC 6120 §11.1)", "<a><!-- --></a>", "restricted-xml"],
  ["a comment that does not end", "<a><!-", "restricted-xml"],
  ["a processing instruction (RFC 6120 §11.1)", "<?php ?>", "restricted-xml"],
  ["an XML declaration that is not at the start", "<?xml version='1.0'?>", "restricted-xml"],
  ["a document type (RFC 6120 §11.1)", "<!DOCTYPE a [<!ENTITY b 'c'>]>", "restricted-xml"],
  ["an entity that would have to be declared (RFC 6120 §11.1)", "<a>&b;</a>", "restricted-xml"],
  ["such an entity in an attribute", "<a b='&c;'/>", "restricted-xml"],
  ["a CDATA section in other letters", "<a><![cdata[]]></a>", "restricted-xml"],
  ["an ampersand that begins nothing", "<a>b & c; </a>", "not-well-formed"],
  ["an ampersand at the end of text", "<a>b &amp</a>", "not-well-formed"],
  ["an empty reference", "<a>&;</a>", "not-well-formed"],
  ["a character reference without digits", "<a>&#;</a>", "not-well-formed"],
  ["a hexadecimal character reference without digits", "<a>&#x;</a>", "not-well-formed"],
  ["a reference to U+0000 (XML 1.0 [2])", "<a>&#0;</a>", "not-well-formed"],
  ["a reference to a surrogate", "<a b='&#xD800;'/>", "not-well-formed"],
  ["a reference beyond U+10FFFF", "<a>&#x110000;</a>", "not-well-formed"],
  ["a control character (XML 1.0 [2])", "<a>\u0008</a>", "not-well-formed"],
  ["U+0000 in an attribute", "<a b='\0'/>", "not-well-formed"],
  ["U+FFFE in a CDATA section", "<a><![CDATA[\ufffe]]></a>", "not-well-formed"],
  ["half of a surrogate pair", "<a>\ud83c</a>", "not-well-formed"],
  ["the end of a CDATA section in text (XML 1.0 [14])", "<a>]]></a>", "not-well-formed"],
  ["a less-than sign in an attribute (XML 1.0 [10])", "<a b='<'/>", "not-well-formed"],
  ["a mismatched end tag (XML 1.0 §3)", "<a><b></a>", "not-well-formed"],
  ["an end tag that only begins like the start tag", "<a></ab>", "not-well-formed"],
  ["an end tag that only ends like the start tag", "<a></b:a>", "not-well-formed"],
  ["an end tag with an attribute", "<a></a b='c'>", "not-well-formed"],
  ["an end tag with a blank too many", "<a></ a>", "not-well-formed"],
  ["an end tag that ends like an empty element", "<a></a/>", "not-well-formed"],
  ["an attribute twice (XML 1.0 §3.1)", "<a b='1' b='2'/>", "not-well-formed"],
  ["an attribute twice, the first empty", "<a b='' b=''/>", "not-well-formed"],
  [
    "an attribute twice, by two prefixes (Namespaces in XML §6.3)",
    "<a x:b='' y:b='' xmlns:x='u' xmlns:y='u'/>",
    "not-well-formed",
  ],
  ["an attribute without a value", "<a b/>", "not-well-formed"],
  ["an attribute without quotes", "<a b=c/>", "not-well-formed"],
  ["attributes without white space between them", "<a b='1'c='2'/>", "not-well-formed"],
  ["a slash within a tag", "<a / b='1'>", "not-well-formed"],
  ["a slash before white space", "<a/ >", "not-well-formed"],
  ["a tag without a name", "<>", "not-well-formed"],
  ["an end tag without a name", "<a></>", "not-well-formed"],
  ["white space before a name", "< a/>", "not-well-formed"],
  ["a name that begins with a digit (XML 1.0 [4])", "<1a/>", "not-well-formed"],
  ["a name with a character that names lack", "<a×/>", "not-well-formed"],
  ["an attribute that begins with a hyphen", "<a -b='1'/>", "not-well-formed"],
  ["a tag within a tag", "<a <b/>", "not-well-formed"],
  ["a name with two colons (Namespaces in XML [7])", "<a:b:c xmlns:a='u'/>", "not-well-formed"],
  ["a name without its local part", "<a: xmlns:a='u'/>", "not-well-formed"],
  ["a name with an empty prefix", "<:a/>", "not-well-formed"],
  ["an unbound prefix (Namespaces in XML §5)", "<x:a/>", "bad-namespace-prefix"],
  ["an unbound prefix of an attribute", "<a x:b='1'/>", "bad-namespace-prefix"],
  ["a prefix out of its scope", "<a><b xmlns:x='u'/><x:c/></a>", "bad-namespace-prefix"],
  ["a prefix of the stanza before", "<a xmlns:x='u'/><x:b/>", "bad-namespace-prefix"],
  ["a prefix that is bound to nothing (Namespaces in XML §5)", "<a xmlns:x=''/>", "bad-namespace-prefix"],
  ["the prefix xmlns declared (Namespaces in XML §3)", "<a xmlns:xmlns='u'/>", "bad-namespace-prefix"],
  ["the prefix xmlns in use", "<xmlns:a/>", "bad-namespace-prefix"],
  ["the prefix xml bound to another namespace", "<a xmlns:xml='u'/>", "bad-namespace-prefix"],
  ["a prefix bound to the namespace of xmlns", "<a xmlns:x='http://www.w3.org/2000/xmlns/'/>", "bad-namespace-prefix"],
];

for (const [what, text, condition] of REFUSED) {
  Deno.test(`Reader refuses ${what}: ${condition}`, () => assertEquals(children(text).at(-1), condition));
}

const STREAMS: readonly [what: string, text: string, ...told: string[]][] = [
  ["the root as it opens and as it closes", "<r a='1'><b/></r>", 'open <r a="1"/>', "<b/>", "close"],
  ["an empty root", "<r/>", "open <r/>", "close"],
  ["a root behind an XML declaration", "<?xml version='1.0'?><r>", "open <r/>"],
  [
    "a root behind a full XML declaration",
    `<?xml\tversion = "1.1" encoding='utf-8' standalone="no" ?>\n<r>`,
    "open <r/>",
  ],
  ["white space around the root", " \n<r></r>\n", "open <r/>", "close"],
  ["a prefix of the root that the root uses", "<s:r xmlns:s='u'>", 'open <s:r xmlns:s="u"/>'],
  ["an unbound prefix of the root", "<s:r>", "bad-namespace-prefix"],
  ["text before the root", "x<r>", "not-well-formed"],
  ["text behind the root", "<r/>x", "open <r/>", "close", "not-well-formed"],
  ["a second root", "<r/><r/>", "open <r/>", "close", "not-well-formed"],
  ["a second end of the root", "<r></r></r>", "open <r/>", "close", "not-well-formed"],
  ["an end tag first", "</r>", "not-well-formed"],
  [
    "an encoding that is not UTF-8 (RFC 6120 §11.6)",
    "<?xml version='1.0' encoding='latin1'?><r>",
    "unsupported-encoding",
  ],
  ["a malformed XML declaration", "<?xml version='1.0' standalone='maybe'?><r>", "not-well-formed"],
  ["a processing instruction with a longer name", "<?xml-stylesheet href='x'?><r>", "restricted-xml"],
  ["an XML declaration behind white space", " <?xml version='1.0'?><r>", "restricted-xml"],
  ["two XML declarations", "<?xml version='1.0'?><?xml version='1.0'?>", "restricted-xml"],
  ["what comes ahead of an offence", "<r><a/><b/></c>", "open <r/>", "<a/>", "<b/>", "not-well-formed"],
  ["what comes ahead of an illegal character", "<r><a/>\0", "open <r/>", "<a/>", "not-well-formed"],
];

for (const [what, text, ...expected] of STREAMS) {
  Deno.test(`Reader tells of ${what}`, () => assertEquals(toldHoweverCut(text), expected));
}

Deno.test("Reader bounds a stanza, not the stream", () => {
  const stanza = "<a>12345</a>";
  const limits = { maxStanzaSize: stanza.length };
  const stream = (stanza: string) => `<r>${`${stanza}   `.repeat(3)}`;
  assertEquals(toldHoweverCut(stream(stanza), limits).length, 4);
  assertEquals(toldHoweverCut(stream("<a>123456</a>"), limits), ["open <r/>", "policy-violation"]);
});

const TOO_LARGE: readonly [what: string, begins: string, goesOn: string][] = [
  ["text", "<a>", "x"],
  ["a tag", "<a b='", ">"],
  ["white space in a tag", "<a", " "],
  ["a name", "<a", "a"],
  ["a CDATA section", "<a><![CDATA[", "]"],
  ["children", "<a>", "<b/>"],
  ["ampersands", "<a>", "&"],
];

for (const [what, begins, goesOn] of TOO_LARGE) {
  Deno.test(`Reader holds no more than maxStanzaSize of ${what} without an end`, () => {
    const reader = new Reader({ open: () => {}, element: () => {}, close: () => {} }, { maxStanzaSize: 1000 });
    reader.push(`<r>${begins}`);
    let size = begins.length;
    const error = assertThrows(() => {
      for (; size < 2000; size += goesOn.length) reader.push(goesOn);
    }, XmlError);
    assertEquals(error.condition, "policy-violation");
    assert(size <= 1000 && size + goesOn.length > 1000);
  });
}

Deno.test("Reader waits for the end of the root's tag no longer than for that of a stanza", () => {
  assertEquals(toldHoweverCut(`<r a='${"x".repeat(100)}'>`, { maxStanzaSize: 100 }), ["policy-violation"]);
});

Deno.test("Reader bounds the levels of elements", () => {
  const nested = (levels: number) => "<r>" + "<a>".repeat(levels) + "</a>".repeat(levels);
  assertEquals(toldHoweverCut(nested(3), { maxDepth: 3 }).at(-1), "<a><a><a/></a></a>");
  assertEquals(toldHoweverCut(nested(4), { maxDepth: 3 }).at(-1), "policy-violation");
  assertEquals(toldHoweverCut(nested(10_000)).at(-1), "policy-violation");
});

Deno.test("Reader crops what has too many levels of elements, where that is wanted, and reads on", () => {
  const deep = "<b><a>1<a>2" + "<a>3</a><a>".repeat(10_000) + "</a>".repeat(10_000) + "</a>4</a>5</b>";
  const events: string[] = [];
  const reader = new Reader({
    open: () => {},
    element: (element) => events.push(serialize(element)),
    cropped: (element, reason) => events.push(serialize(element), reason.condition),
    close: () => events.push("close"),
  }, { maxDepth: 3 });
  reader.push(`<r>${deep}<c><a/></c></r>`);
  assertEquals(events, ["<b><a>1<a>2</a>4</a>5</b>", "policy-violation", "<c><a/></c>", "close"]);
});

Deno.test("Reader bounds the attributes of an element", () => {
  const attributes = (count: number) => `<r><a ${Array.from({ length: count }, (_, n) => `b${n}=''`).join(" ")}/>`;
  assertEquals(toldHoweverCut(attributes(100)).length, 2);
  assertEquals(toldHoweverCut(attributes(101)).at(-1), "policy-violation");
});

Deno.test("Reader gives elements that belong to nobody", () => {
  const reader = new Reader({
    open: () => {},
    element: (element) => assertEquals([element.parent, element.getNS()], [null, "urn:x"]),
    close: () => {},
  });
  reader.push("<r xmlns='urn:x'><a/>");
});

Deno.test("Reader tells the same wherever a stream is cut", () => {
  const texts = [...ACCEPTED, ...REFUSED].map(([, text]) => text);
  const stream = fc.array(fc.constantFrom(...texts), { maxLength: 5 }).map((parts) => ROOT + parts.join(""));
  fc.assert(fc.property(stream, fc.array(fc.nat(400)), (text, cuts) => {
    const characters = [...text];
    const places = [0, ...cuts.sort((a, b) => a - b), characters.length];
    const pieces = places.map((place, index) => characters.slice(places[index - 1] ?? 0, place).join(""));
    assertEquals(told(pieces), told([text]));
  }));
});

Deno.test("Reader takes another prefix bound to the namespace of xml, which Prosody writes", () => {
  const told: string[] = [];
  const reader = new Reader({
    open: () => {},
    element: ({ attrs }) => told.push(attrs["x:lang"] ?? ""),
    close: () => {},
  });
  reader.push("<s><a xmlns:x='http://www.w3.org/XML/1998/namespace' x:lang='en'/></s>");
  assertEquals(told, ["en"]);
});
