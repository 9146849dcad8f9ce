/**
 * Reads one element from text that is complete.
 *
 * @module
 */
import type { Element } from "./element.ts";
import { XmlError } from "./error.ts";
import { type Limits, Reader, SIZE_ONLY } from "./reader.ts";

/** Reads the one element that the text is, such as a stored stanza. Throws `XmlError`. */
export function parse(text: string, limits?: Partial<Limits>): Element {
  const elements: Element[] = [];
  const reader = new Reader({ open: () => {}, element: (element) => elements.push(element), close: () => {} }, limits);
  reader.push("<document>");
  reader.push(text);
  reader.push("</document>");
  const [element, second] = elements;
  if (element === undefined || second !== undefined) {
    throw new XmlError("not-well-formed", `Found ${elements.length} elements, expected one`);
  }
  return element;
}

/** The same, within limits of size alone; `undefined` where the text is no such element. */
export function tryParse(text: string): Element | undefined {
  try {
    return parse(text, SIZE_ONLY);
  } catch (error) {
    if (error instanceof XmlError) return undefined;
    throw error;
  }
}

/** Reads as much of the text as its first start tag, whatever follows; `undefined` where there is none. */
export function parseStart(text: string): Element | undefined {
  let start: Element | undefined;
  const reader = new Reader({ open: (element) => start = element, element: () => {}, close: () => {} }, SIZE_ONLY);
  try {
    reader.push(text);
  } catch (error) {
    if (!(error instanceof XmlError)) throw error;
  }
  return start;
}
