import type { Element } from "../xml/element.ts";
import { Opaque } from "../xml/opaque.ts";
import { serialize } from "../xml/writer.ts";

/** Stands where the content goes: a character that XML does not have, and so nothing else can be. */
const HOLE = "\0";

/**
 * Envelope that many payloads are sent in alike, written once: to build it anew around each would be most of what a
 * page costs.
 */
export class Envelope {
  readonly #head: string;
  readonly #tail: string;

  /** `wrap` builds what goes around a content. */
  constructor(wrap: (content: Element) => Element) {
    const [head = "", tail = ""] = serialize(wrap(new Opaque(HOLE))).split(HOLE);
    this.#head = head;
    this.#tail = tail;
  }

  around(content: Element): Element {
    return new Opaque(this.#head + serialize(content) + this.#tail);
  }
}
