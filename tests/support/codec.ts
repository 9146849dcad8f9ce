/**
 * Tables of payloads for the tests of `wire/`: every field, read and written; and what must be refused.
 *
 * @module
 */
import { assert, assertEquals, assertThrows } from "@std/assert";
import type { Call, Codec } from "../../src/wire/codec.ts";
import { Element, xml } from "../../src/xml/element.ts";
import { Reader } from "../../src/xml/reader.ts";
import { type Condition, StanzaError } from "../../src/xmpp/error.ts";
import { canonical } from "./canonical.ts";

/** A payload as XML and as the value that it stands for. */
export type Fixture<T> = readonly [name: string, xml: string, value: T];

/** A payload that is refused, with what the error says. */
export type Refusal = readonly [name: string, xml: string, condition: Condition, text: string];

/** Declares a test for each fixture: the XML reads as the value, and the value writes as the XML. */
export function testRoundTrips<T>(codec: Codec<T>, fixtures: readonly Fixture<T>[]): void {
  testReading(codec, fixtures);
  for (const [name, text, value] of fixtures) {
    Deno.test(`<${codec.name}/> writes ${name}`, () => {
      assertEquals(canonical(codec.write(value)), canonical(readXml(text)));
    });
  }
}

/** Declares a test for each fixture that others write differently than we do: the XML reads as the value. */
export function testReading<T>(codec: Codec<T>, fixtures: readonly Fixture<T>[]): void {
  for (const [name, text, value] of fixtures) {
    Deno.test(`<${codec.name}/> reads ${name}`, () => {
      const element = readXml(text);
      assert(element.is(codec.name, codec.xmlns), `Found <${element.name}/>, expected <${codec.name}/>`);
      assertEquals(comparable(codec.read(element)), comparable(value));
    });
  }
}

/** Declares a test for each refusal. */
export function testRefusals(codec: Codec<unknown>, refusals: readonly Refusal[]): void {
  for (const [name, text, condition, said] of refusals) {
    Deno.test(`<${codec.name}/> refuses ${name}`, () => {
      const error = assertThrows(() => codec.read(readXml(text)), StanzaError);
      assertEquals([error.condition, error.text], [condition, said]);
    });
  }
}

/** The codec of the reply. Throws when the reply is an empty `<iq/>`. */
export function replyOf<Q, R>(call: Call<Q, R>): Codec<R> {
  if (call.reply === undefined) throw new TypeError(`Found no reply to <${call.query.name}/>, expected one`);
  return call.reply;
}

/** Reads XML that is laid out for people: blanks between elements are dropped. Throws when it is malformed. */
export function readXml(text: string): Element {
  const elements: Element[] = [];
  const reader = new Reader({ open: () => {}, element: (element) => elements.push(element), close: () => {} });
  reader.push(`<stream>${text.trim()}</stream>`);
  const [element, second] = elements;
  if (element === undefined || second !== undefined) {
    throw new TypeError(`Found ${elements.length} elements, expected one`);
  }
  return withoutLayout(element);
}

function withoutLayout(element: Element): Element {
  const copy = xml(element.name, element.attrs);
  const parts = element.children.filter((child) => typeof child !== "string" || child.trim() !== "");
  const laidOut = parts.some((part) => typeof part !== "string");
  for (const child of laidOut ? parts : element.children) {
    copy.cnode(typeof child === "string" ? child : withoutLayout(child as Element));
  }
  return copy;
}

/** The value with its elements as text, which compare by what they mean. */
function comparable(value: unknown): unknown {
  if (value instanceof Element) return canonical(value);
  if (value === null || typeof value !== "object" || Object.getPrototypeOf(value) !== Object.prototype) return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, comparable(part)]));
}
