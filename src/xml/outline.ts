/**
 * Reads a document that is too large to be held: its outer elements are told as they open and close, those in them whole.
 *
 * @module
 */
import { Element } from "./element.ts";
import { XmlError } from "./error.ts";
import { readCData, readText } from "./references.ts";
import { endsElement } from "./tag.ts";
import { type Token, Tokenizer } from "./tokenizer.ts";

/** Treatment of an element: its children are reported one by one, it is reported whole, or neither. */
export type Treatment = "enter" | "whole" | "skip";

/** Events of a reader, in the order of the document. */
export interface OutlineEvents {
  /** An element begins, within those that were entered; it has its parent, but no children yet. */
  begins(element: Element): Treatment;
  /** One that was to be told whole is complete. */
  whole(element: Element): void;
  /** One that was entered ends. */
  ends(element: Element): void;
}

/** Most levels of elements that are not told whole: those are bounded by their size, as attributes are. */
const MAX_DEPTH = 200;

/** Takes the text of a document in any pieces. That prefixes are bound is not looked at. After it has thrown it is of no more use. */
export class OutlineReader {
  readonly #events: OutlineEvents;
  readonly #maxSize: number;
  readonly #tokens = new Tokenizer(Infinity);
  /** The elements that are open, the root first, each with how it is treated. */
  readonly #path: { readonly element: Element; readonly treatment: Treatment }[] = [];
  /** Characters of the element that is to be told whole. */
  #size = 0;
  #over = false;

  /** `maxSize` is the most characters of an element that is told whole, and of a token. */
  constructor(events: OutlineEvents, maxSize: number) {
    this.#events = events;
    this.#maxSize = maxSize;
  }

  /** Takes a piece, which must not end within a surrogate pair. Throws `XmlError`. */
  push(piece: string): void {
    const tokens = this.#tokens;
    tokens.push(piece);
    for (let token; (token = tokens.next(this.#treatment !== "whole")) !== "none";) this.#take(token);
    this.#bound(tokens.held);
  }

  /** The document has ended; throws when it should not have. */
  end(): void {
    if (!this.#over) throw new XmlError("not-well-formed", "Found the end of the document within an element");
  }

  /** Treatment of the next element. */
  get #treatment(): Treatment {
    return this.#path.at(-1)?.treatment ?? "enter";
  }

  #take(token: Token): void {
    const { text, start, end, tag } = this.#tokens;
    if (this.#treatment === "whole") this.#bound(this.#size += end - start);
    switch (token) {
      case "start":
        if (tag === undefined) return;
        this.#begin(new Element(tag.name, tag.attrs));
        if (tag.empty) this.#leave();
        return;
      case "end": {
        const open = this.#path.at(-1);
        if (open === undefined || !endsElement(text, start, end, open.element.name)) {
          throw new XmlError("not-well-formed", "Found an end tag that does not match the start tag");
        }
        return this.#leave();
      }
      case "text":
        return this.#addText(text.slice(start, end), readText);
      case "cdata":
        return this.#addText(text.slice(start, end), readCData);
    }
  }

  #begin(element: Element): void {
    const parent = this.#path.at(-1);
    if (this.#over) throw new XmlError("not-well-formed", "Found an element behind the end of the document");
    if (this.#path.length >= MAX_DEPTH && this.#treatment !== "whole") {
      throw new XmlError("policy-violation", `Found more than ${MAX_DEPTH} levels of elements`);
    }
    if (parent?.treatment === "whole") parent.element.cnode(element);
    else element.parent = parent?.element ?? null;
    const inherits = parent !== undefined && parent.treatment !== "enter";
    const treatment = inherits ? parent.treatment : this.#events.begins(element);
    if (!inherits) this.#size = 0;
    this.#path.push({ element, treatment });
  }

  #leave(): void {
    const left = this.#path.pop();
    if (left === undefined) return;
    this.#over = this.#path.length === 0;
    if (left.treatment === "enter") this.#events.ends(left.element);
    else if (left.treatment === "whole" && this.#treatment === "enter") this.#events.whole(left.element);
  }

  #addText(text: string, read: (text: string) => string): void {
    const open = this.#path.at(-1);
    if (open?.treatment === "whole") open.element.cnode(read(text));
    else if (open?.treatment !== "skip" && text.trim() !== "") {
      throw new XmlError("bad-format", "Found character data between elements");
    }
  }

  #bound(size: number): void {
    if (size > this.#maxSize) {
      throw new XmlError("policy-violation", `Found more than ${this.#maxSize} characters in one`);
    }
  }
}
