/**
 * From what is meant to what is written, so that a reader gets back what was meant.
 *
 * @module
 */
import { XmlError } from "./error.ts";

/** Characters to escape in character data; U+000D would be read as U+000A (XML 1.0 §2.11). */
// deno-lint-ignore no-control-regex
const IN_TEXT = /[&<>\0-\x08\x0b-\x1f\ufffe\uffff]/;
// deno-lint-ignore no-control-regex
const ALL_IN_TEXT = /[&<>\0-\x08\x0b-\x1f\ufffe\uffff]/g;

/** The same between double quotes, where white space would be read as blanks (XML 1.0 §3.3.3). */
// deno-lint-ignore no-control-regex
const IN_VALUE = /[&<>"\0-\x1f\ufffe\uffff]/;
// deno-lint-ignore no-control-regex
const ALL_IN_VALUE = /[&<>"\0-\x1f\ufffe\uffff]/g;

const REFERENCES = new Map([
  ["&", "&amp;"],
  ["<", "&lt;"],
  [">", "&gt;"],
  ['"', "&quot;"],
  ["\t", "&#9;"],
  ["\n", "&#10;"],
  ["\r", "&#13;"],
]);

/** Writes character data. Throws `XmlError` at a character that XML does not have. */
export function escapeText(text: string): string {
  return IN_TEXT.test(text) ? text.replace(ALL_IN_TEXT, reference) : text;
}

/** Writes what stands between the double quotes of an attribute. Throws `XmlError` at a character that XML does not have. */
export function escapeValue(value: string): string {
  return IN_VALUE.test(value) ? value.replace(ALL_IN_VALUE, reference) : value;
}

/** Writes character data that is much markup, as a CDATA section: where its end stands in it, as two (XML 1.0 §2.7). */
export function writeCdata(text: string): string {
  return `<![CDATA[${text.replaceAll("]]>", "]]]]><![CDATA[>")}]]>`;
}

function reference(character: string): string {
  const written = REFERENCES.get(character);
  if (written !== undefined) return written;
  throw new XmlError("not-well-formed", "Cannot write a character that XML does not have");
}
