/**
 * Tags, read in place: they begin at `start`, with the `<`.
 *
 * @module
 */
import { spaceEnd } from "./characters.ts";
import { type Attributes, attributes } from "./element.ts";
import { XmlError } from "./error.ts";
import { Marks } from "./marks.ts";
import { NameReader } from "./names.ts";
import { readAttribute } from "./references.ts";

const QUOT = 0x22;
const APOS = 0x27;
const SLASH = 0x2f;
const EQUALS = 0x3d;
const GT = 0x3e;

/** A start tag, or the tag of an empty element. */
export interface StartTag {
  readonly name: string;
  readonly attrs: Attributes;
  /** True when a name in it has a prefix other than `xml`, which is always bound. */
  readonly prefixed: boolean;
  /** True when the element ends with this tag. */
  readonly empty: boolean;
  /** Index behind the tag. */
  readonly end: number;
}

/** Reads start tags (XML 1.0 §3.1). */
export class TagReader {
  readonly #maxAttributes: number;
  readonly #names = new NameReader();
  /** Characters that make an attribute's value differ from its text. They are rare, so the values of a tag are checked at once. */
  readonly #marks = new Marks(["<", "&", "\t", "\n", "\r"]);
  #text = "";

  constructor(maxAttributes: number) {
    this.#maxAttributes = maxAttributes;
  }

  /** Turns to the beginning of another text. */
  turnTo(text: string): void {
    this.#text = text;
    this.#marks.turnTo(text);
  }

  /** Reads the tag that begins at `start`. Returns `undefined` when the text ends before the tag does. Throws `XmlError`. */
  read(start: number): StartTag | undefined {
    const text = this.#text;
    const names = this.#names;
    const name = names.read(text, start + 1);
    if (name === undefined) return refuse(text, names.end, "a malformed name");
    let prefixed = names.prefixed;
    const attrs = attributes();
    let at = names.end;
    for (let count = 0;; count++) {
      const from = spaceEnd(text, at);
      const empty = text.charCodeAt(from) === SLASH;
      const close = empty ? from + 1 : from;
      if (text.charCodeAt(close) === GT) {
        if (this.#marks.within(start + 1, close)) interpret(attrs);
        return { name, attrs, prefixed, empty, end: close + 1 };
      }
      if (empty) return refuse(text, close, "a slash that does not end a tag");
      if (from === at) return refuse(text, from, "no white space before an attribute");
      if (count === this.#maxAttributes) throw tooMany(count);
      const attribute = names.read(text, from);
      if (attribute === undefined) return refuse(text, names.end, "a malformed name");
      if (count > 0 && attrs[attribute] !== undefined) return refuse(text, names.end, "an attribute twice in one tag");
      prefixed ||= names.prefixed && !attribute.startsWith("xml:");
      const equals = spaceEnd(text, names.end);
      if (text.charCodeAt(equals) !== EQUALS) return refuse(text, equals, "an attribute without a value");
      const open = spaceEnd(text, equals + 1);
      const quote = text.charCodeAt(open);
      if (quote !== QUOT && quote !== APOS) return refuse(text, open, "an attribute value without quotes");
      at = text.indexOf(quote === QUOT ? '"' : "'", open + 1);
      if (at === -1) return undefined;
      attrs[attribute] = text.slice(open + 1, at);
      at++;
    }
  }
}

/** Reports whether an end tag (XML 1.0 §3.1, production [42]) ends the element of this name. */
export function endsElement(text: string, start: number, end: number, name: string): boolean {
  return text.startsWith(name, start + 2) && spaceEnd(text, start + 2 + name.length) === end - 1;
}

function interpret(attrs: Attributes): void {
  for (const name in attrs) attrs[name] = readAttribute(attrs[name] ?? "");
}

/** Throws, unless what was found is no more than the end of the text. */
function refuse(text: string, at: number, found: string): undefined {
  if (at < text.length) throw new XmlError("not-well-formed", `Found ${found}`);
}

function tooMany(attributes: number): XmlError {
  return new XmlError("policy-violation", `Found more than ${attributes} attributes in one tag`);
}
