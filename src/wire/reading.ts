/**
 * Reading of what others sent: strict, and saying what was found where and what is expected.
 *
 * @module
 */
import type { Element } from "../xml/element.ts";
import { StanzaError } from "../xmpp/error.ts";
import { Jid } from "../xmpp/jid.ts";
import { prepareJid } from "../xmpp/prepared_jid.ts";
import { parseStamp } from "./xep0082.ts";

/** The most of a bad value that an error repeats. */
const MAX_QUOTED = 100;

/** Quotes a value in an error: at most 100 characters of it. */
export function quoted(value: string): string {
  return value.length > MAX_QUOTED ? `"${value.slice(0, MAX_QUOTED).toWellFormed()}…"` : `"${value}"`;
}

/** An attribute that has to be there. */
export function attribute(element: Element, name: string): string {
  const value = element.attrs[name];
  if (value === undefined) throw missing(`the attribute "${name}"`, element);
  return value;
}

/** A child that has to be there, once. */
export function onlyChild(element: Element, name: string, xmlns: string): Element {
  const child = optionalChild(element, name, xmlns);
  if (child === undefined) throw missing(`<${name} xmlns="${xmlns}"/>`, element);
  return child;
}

/** A child that is there once or not at all. */
export function optionalChild(element: Element, name: string, xmlns: string): Element | undefined {
  const [child, second] = element.getChildren(name, xmlns);
  if (second !== undefined) {
    throw new StanzaError("bad-request", `Found more than one <${name}/> in <${element.getName()}/>, expected one`);
  }
  return child;
}

/** The text of a child that is there once or not at all. */
export function optionalText(element: Element, name: string, xmlns: string): string | undefined {
  return optionalChild(element, name, xmlns)?.getText();
}

/** A JID that a server wrote, as it is; `where` says what holds it, as in `the attribute "from"`. */
export function readJid(text: string, where: string): Jid {
  return orBadRequest(Jid.parse, text, where);
}

/** A JID that a person typed, prepared as servers do; `where` says what holds it, as in `the field "with"`. */
export function readTypedJid(text: string, where: string): Jid {
  return orBadRequest(prepareJid, text, where);
}

function orBadRequest(read: (text: string) => Jid, text: string, where: string): Jid {
  try {
    return read(text);
  } catch (cause) {
    throw new StanzaError("bad-request", `Found ${quoted(text)} in ${where}, expected a JID`, { cause });
  }
}

/** A time (XEP-0082), into milliseconds since 1970. */
export function readStamp(text: string, where: string): number {
  const stamp = parseStamp(text);
  if (stamp === undefined) {
    throw new StanzaError(
      "bad-request",
      `Found ${quoted(text)} in ${where}, expected a time such as 2026-11-22T18:00:00Z`,
    );
  }
  return stamp;
}

/** An xs:int that is not negative. */
export function readCount(text: string, where: string): number {
  const digits = text.trim();
  const count = Number(digits);
  if (!/^\d+$/.test(digits) || count > 0x7fff_ffff) {
    throw new StanzaError("bad-request", `Found ${quoted(text)} in ${where}, expected an integer from 0 to 2147483647`);
  }
  return count;
}

/** An xs:boolean. */
export function readBoolean(text: string, where: string): boolean {
  switch (text.trim()) {
    case "true":
    case "1":
      return true;
    case "false":
    case "0":
      return false;
  }
  throw new StanzaError("bad-request", `Found ${quoted(text)} in ${where}, expected "true" or "false"`);
}

function missing(what: string, element: Element): StanzaError {
  return new StanzaError("bad-request", `Found <${element.getName()}/> without ${what}`);
}
