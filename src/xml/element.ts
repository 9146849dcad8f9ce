/**
 * XML elements: ltx's element model, and the one way to build them.
 *
 * @module
 */
// @ts-types="./ltx.d.ts"
import { Element } from "ltx";

export { Element };

/** What an element may hold; `undefined` is left out, so that optional parts need no `if`. */
export type Child = Element | string | undefined;

/** Builds an element: `xml("delay", { xmlns: NS, stamp })`. Attributes that are `undefined` are left out. */
export function xml(
  name: string,
  attrs: Readonly<Record<string, string | undefined>> = {},
  ...children: readonly Child[]
): Element {
  const element = new Element(name);
  for (const [key, value] of Object.entries(attrs)) {
    if (value !== undefined) element.attrs[key] = value;
  }
  for (const child of children) {
    if (child !== undefined && child !== "") element.cnode(child);
  }
  return element;
}
