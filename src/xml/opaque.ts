/**
 * XML that need not be understood to be passed on.
 *
 * @module
 */
import { Element } from "./element.ts";

/** An element known by its text alone: a stored stanza among the children of one that is built, not parsed again. */
export class Opaque extends Element {
  /** As it will be written: well-formed content that declares the namespaces it uses, as `serialize` writes an element. */
  readonly text: string;

  constructor(text: string) {
    super("");
    this.text = text;
  }
}
