/**
 * Reads an XML stream (RFC 6120 §4) as it arrives: strictly, and within bounds.
 *
 * @module
 */
import { findIllegal, spaceEnd } from "./characters.ts";
import { checkDeclaration } from "./declaration.ts";
import { Element } from "./element.ts";
import { XmlError } from "./error.ts";
import { Namespaces } from "./namespaces.ts";
import { readCData, readText } from "./references.ts";
import { endsElement, type StartTag } from "./tag.ts";
import { type Token, Tokenizer } from "./tokenizer.ts";

/** Events of a reader, in the order of the stream. */
export interface StreamEvents {
  /** The root begins: an element without children. */
  open(root: Element): void;
  /** A child of the root is complete. It has no parent; what it needs of the root's namespace declarations is copied to it. */
  element(element: Element): void;
  /**
   * The same of one with too many levels of elements, without those; where this is not wanted, it is an offence. Whoever
   * relays what strangers send cannot answer for that, and should not lose the stream by it.
   */
  cropped?(element: Element, reason: XmlError): void;
  /** The root ends. */
  close(): void;
}

/** Bounds of a reader. */
export interface Limits {
  /** Most characters of a child of the root, or of the root's own tag: UTF-16 code units, never more than bytes. */
  readonly maxStanzaSize: number;
  /** Most levels of elements below the root. */
  readonly maxDepth: number;
  /** Most attributes of an element. */
  readonly maxAttributes: number;
}

/** More than any text has room for, and small enough for V8 to compare it fast. */
const NO_BOUND = 2 ** 30 - 1;

/** For text that a server took in and bounds in bytes: what it accepted is read, so nothing but the size counts. */
export const SIZE_ONLY: Partial<Limits> = { maxDepth: NO_BOUND, maxAttributes: NO_BOUND };

const DEFAULT_LIMITS: Limits = { maxStanzaSize: 1024 * 1024, maxDepth: 100, maxAttributes: 100 };

/** Takes the text of a stream in any pieces and tells what it says. After it has thrown it is of no more use. */
export class Reader {
  readonly #events: StreamEvents;
  readonly #limits: Limits;
  readonly #tokens: Tokenizer;
  readonly #namespaces = new Namespaces();
  /** The elements that are open, the root first. */
  readonly #path: Element[] = [];
  /** Characters of the current stanza in the tokens that were taken. */
  #size = 0;
  /** Why the current stanza is told without what is too deep in it. */
  #cropped: XmlError | undefined;
  #closed = false;

  constructor(events: StreamEvents, limits: Partial<Limits> = {}) {
    this.#events = events;
    this.#limits = { ...DEFAULT_LIMITS, ...limits };
    this.#tokens = new Tokenizer(this.#limits.maxAttributes);
  }

  /**
   * Takes a chunk, which must not end within a surrogate pair, and tells what it completes.
   * Throws `XmlError` once everything ahead of the offence has been told.
   */
  push(chunk: string): void {
    const illegal = findIllegal(chunk);
    this.#read(illegal === -1 ? chunk : chunk.slice(0, illegal));
    if (illegal !== -1) throw new XmlError("not-well-formed", "Found a character that XML does not have");
  }

  #read(chunk: string): void {
    const tokens = this.#tokens;
    tokens.push(chunk);
    for (;;) {
      const outside = this.#path.length < 2;
      const token = tokens.next(outside);
      if (token === "none") return this.#checkSize(tokens.held);
      if (token === "text" && outside) {
        this.#checkSpace();
      } else {
        const length = tokens.end - tokens.start;
        this.#checkSize(length);
        this.#size += length;
        this.#take(token);
      }
    }
  }

  #take(token: Token): void {
    const { text, start, end, tag } = this.#tokens;
    switch (token) {
      case "start":
        return tag && this.#startElement(tag);
      case "end":
        return this.#endElement(text, start, end);
      case "text":
        return this.#addText(readText(text.slice(start, end)));
      case "cdata":
        return this.#addText(readCData(text.slice(start, end)));
      case "declaration":
        return checkDeclaration(text.slice(start, end));
    }
  }

  #startElement(tag: StartTag): void {
    const depth = this.#path.length;
    if (this.#closed) throw new XmlError("not-well-formed", "Found an element behind the end of the stream");
    const element = new Element(tag.name, tag.attrs);
    if (depth > this.#limits.maxDepth) this.#crop();
    else if (depth > 1) this.#path[depth - 1]?.cnode(element);
    this.#path.push(element);
    if (tag.prefixed) this.#bindPrefixes(tag);
    if (depth === 0) this.#begin(element);
    if (tag.empty) this.#leave(element);
  }

  #endElement(text: string, start: number, end: number): void {
    const element = this.#path.at(-1);
    if (element === undefined || !endsElement(text, start, end, element.name)) {
      throw new XmlError("not-well-formed", "Found an end tag that does not match the start tag");
    }
    this.#leave(element);
  }

  #begin(root: Element): void {
    this.#size = 0;
    this.#events.open(root);
  }

  #leave(element: Element): void {
    this.#path.pop();
    const depth = this.#path.length;
    this.#namespaces.leave(depth);
    if (depth > 1) return;
    this.#size = 0;
    if (depth === 1) {
      this.#inheritDefault(element);
      this.#tell(element);
    } else {
      this.#closed = true;
      this.#events.close();
    }
  }

  #tell(element: Element): void {
    const reason = this.#cropped;
    this.#cropped = undefined;
    if (reason === undefined) this.#events.element(element);
    else this.#events.cropped?.(element, reason);
  }

  #crop(): void {
    this.#cropped ??= new XmlError("policy-violation", `Found more than ${this.#limits.maxDepth} levels of elements`);
    if (this.#events.cropped === undefined) throw this.#cropped;
  }

  #addText(text: string): void {
    const children = this.#path.at(-1)?.children;
    if (children === undefined || this.#path.length < 2) throw this.#misplaced();
    const last = children.at(-1);
    if (typeof last === "string") children[children.length - 1] = last + text;
    else if (text !== "") children.push(text);
  }

  /** Between stanzas white space keeps the stream alive (RFC 6120 §4.6.1), and nothing else may stand. */
  #checkSpace(): void {
    const { text, start, end } = this.#tokens;
    if (spaceEnd(text, start) < end) throw this.#misplaced();
  }

  #misplaced(): XmlError {
    return this.#path.length === 1
      ? new XmlError("bad-format", "Found character data between stanzas")
      : new XmlError("not-well-formed", "Found character data outside of the root element");
  }

  #checkSize(more: number): void {
    if (this.#size + more > this.#limits.maxStanzaSize) {
      throw new XmlError("policy-violation", `Found a stanza of more than ${this.#limits.maxStanzaSize} characters`);
    }
  }

  #bindPrefixes(tag: StartTag): void {
    const stanza = this.#path[1];
    for (const binding of this.#namespaces.enter(this.#path.length - 1, tag.name, tag.attrs)) {
      if (binding.depth === 0 && stanza !== undefined) stanza.attrs[`xmlns:${binding.prefix}`] = binding.uri;
    }
  }

  #inheritDefault(stanza: Element): void {
    const xmlns = this.#path[0]?.attrs.xmlns;
    if (xmlns !== undefined) stanza.attrs.xmlns ??= xmlns;
  }
}
