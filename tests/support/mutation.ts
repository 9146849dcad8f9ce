/**
 * Hostile changes to text and elements.
 *
 * @module
 */
import { Element } from "../../src/xml/element.ts";
import type { Random } from "./random.ts";

/** Text that may stand in the wrong place. */
const TOKENS: readonly string[] = [
  ..."<>&'\"/=!?[]-:; \t\r\n\0\u{fffd}\u{fffe}é🌹",
  "</",
  "/>",
  "<a>",
  "</a>",
  "<a/>",
  "<!--",
  "-->",
  "<![CDATA[",
  "]]>",
  "<?xml version='1.0'?>",
  "<!DOCTYPE a [<!ENTITY e 'lol'>]>",
  "&amp;",
  "&lol;",
  "&#0;",
  "&#x1F339;",
  "&#xD800;",
  "&#99999999999;",
  " xmlns=''",
  " xmlns='jabber:client'",
  " xmlns:a='urn:a'",
  " a:b='c'",
  " xml:lang='en'",
  "</stream:stream>",
];

/** A text with so many changes, each a few characters long or a part of the text in another place. */
export function mutatedText(text: string, random: Random, changes: number): string {
  let mutated = text;
  for (let change = 0; change < changes; change++) {
    const from = random.integer(0, mutated.length);
    const to = Math.min(mutated.length, from + random.integer(0, random.chance(0.2) ? 200 : 4));
    const part = random.pick([
      () => "",
      () => random.pick(TOKENS),
      () => mutated.slice(from, to).repeat(random.integer(2, 20)),
      () => mutated.slice(random.integer(0, mutated.length)).slice(0, random.integer(1, 100)),
      () => String.fromCodePoint(random.integer(0, random.chance(0.5) ? 0x7f : 0xd7ff)),
    ])();
    mutated = mutated.slice(0, from) + part + mutated.slice(to);
  }
  return mutated;
}

/** Values for attributes and texts. */
const VALUES: readonly string[] = [
  "",
  " ",
  "0",
  "-1",
  "1e3",
  "2147483648",
  "99999999999999999999",
  "true",
  "__proto__",
  "constructor",
  "get",
  "set",
  "result",
  "error",
  "submit",
  "roster",
  "2026-02-30T00:00:00Z",
  "2026-11-22T18:00:00.123456Z",
  "0001-01-01T00:00:00Z",
  "9999-12-31T23:59:60+14:00",
  "alice@example.test",
  "bob@example.test/a",
  "example.test",
  "archive.example.test",
  "@",
  "a@b@c",
  "//",
  "a@",
  "[::1]",
  "xn--a",
  "\u{1f339}@example.test",
  "urn:xmpp:mam:2",
  "urn:xmpp:delegation:1::urn:xmpp:mam:2",
  "AAAAAAAAAAAAAAAAAAAAAA",
  "x".repeat(2000),
];

const NAMES: readonly string[] = [
  "iq",
  "message",
  "presence",
  "query",
  "x",
  "field",
  "value",
  "set",
  "max",
  "before",
  "after",
  "prefs",
  "always",
  "never",
  "jid",
  "forwarded",
  "delegation",
  "privilege",
  "result",
  "fin",
  "error",
  "body",
  "stream:features",
  "xml:a",
];

const NAMESPACES: readonly string[] = [
  "jabber:client",
  "jabber:component:accept",
  "jabber:x:data",
  "jabber:iq:roster",
  "http://jabber.org/protocol/rsm",
  "http://jabber.org/protocol/disco#info",
  "urn:xmpp:forward:0",
  "urn:xmpp:delegation:1",
  "urn:xmpp:delegation:2",
  "urn:xmpp:privilege:2",
  "urn:xmpp:mam:2",
  "urn:xmpp:ping",
  "urn:xmpp:hints",
];

/** Changes an element, or something in it, so many times. What people say to each other stays where only they look. */
export function mutate(element: Element, random: Random, changes: number): void {
  for (let change = 0; change < changes; change++) {
    const target = random.pick(within(element));
    random.pick([
      () => target.attrs[random.pick([...Object.keys(target.attrs), "type", "from", "to", "id"])] = random.pick(VALUES),
      () => delete target.attrs[random.pick([...Object.keys(target.attrs), "id"])],
      () => target.attrs.xmlns = random.pick(NAMESPACES),
      () => target.name = target.getText() === "" ? random.pick(NAMES) : target.name,
      () => target.children.splice(random.integer(0, target.children.length), 1),
      () => target.children = [random.pick(VALUES)],
      () => target.cnode(copyOf(random.pick(within(element)))),
      () => target.children.push(...target.children.slice(0, 20)),
      () => target.children.reverse(),
      () => target.cnode(nested(random.integer(1, 20))),
    ])();
  }
}

function copyOf(element: Element): Element {
  const copy = new Element(element.name, Object.assign(Object.create(null), element.attrs));
  for (const child of element.children) copy.cnode(typeof child === "string" ? child : copyOf(child as Element));
  return copy;
}

function within(element: Element): Element[] {
  return [element, ...element.getChildElements().flatMap((child) => within(child as Element))];
}

function nested(levels: number): Element {
  const element = new Element("a");
  if (levels > 1) element.cnode(nested(levels - 1));
  return element;
}
