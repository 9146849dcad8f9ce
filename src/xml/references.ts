/**
 * From what is written to what is meant: references, ends of lines, normal attribute values.
 *
 * @module
 */
import { isChar } from "./characters.ts";
import { XmlError } from "./error.ts";
import { isName } from "./names.ts";

/** Decodes character data between two tags. */
export function readText(raw: string): string {
  if (raw.includes("]]>")) throw new XmlError("not-well-formed", "Found the end of a CDATA section outside of one");
  return dereference(readLines(raw));
}

/** Decodes the value of an attribute, in which white space is blanks (XML 1.0 §3.3.3). */
export function readAttribute(raw: string): string {
  if (raw.includes("<")) throw new XmlError("not-well-formed", "Found a less-than sign in an attribute");
  return dereference(readLines(raw).replace(/[\t\n]/g, " "));
}

/** Decodes a CDATA section, which begins `<![CDATA[` and ends `]]>`. */
export function readCData(section: string): string {
  return readLines(section.slice(9, -3));
}

/** Ends of lines are U+000A whatever they were (XML 1.0 §2.11). */
function readLines(raw: string): string {
  return raw.includes("\r") ? raw.replace(/\r\n?/g, "\n") : raw;
}

function dereference(raw: string): string {
  let text = "";
  let done = 0;
  for (let at = raw.indexOf("&"); at !== -1; at = raw.indexOf("&", done)) {
    const end = raw.indexOf(";", at);
    if (end === -1) throw bareAmpersand();
    text += raw.slice(done, at) + meaning(raw.slice(at + 1, end));
    done = end + 1;
  }
  return done === 0 ? raw : text + raw.slice(done);
}

/** Returns the character that `&name;` stands for. XML 1.0 §4.6 predefines five entities; others must be declared, which RFC 6120 §11.1 forbids. */
function meaning(name: string): string {
  switch (name) {
    case "amp":
      return "&";
    case "lt":
      return "<";
    case "gt":
      return ">";
    case "apos":
      return "'";
    case "quot":
      return '"';
  }
  const digits = /^#(?:x([0-9A-Fa-f]+)|([0-9]+))$/.exec(name);
  if (digits !== null) {
    const code = digits[1] === undefined ? parseInt(digits[2] ?? "", 10) : parseInt(digits[1], 16);
    if (isChar(code)) return String.fromCodePoint(code);
    throw new XmlError("not-well-formed", "Found a reference to a character that XML does not have");
  }
  if (!isName(name)) throw bareAmpersand();
  throw new XmlError("restricted-xml", "Found a reference to an entity that XML does not predefine");
}

function bareAmpersand(): XmlError {
  return new XmlError("not-well-formed", "Found an ampersand that does not begin a reference");
}
