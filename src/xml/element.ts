/**
 * XML elements: ltx's element model, and the one way to build them.
 *
 * @module
 */
// @ts-types="./ltx.d.ts"
import { Element as LtxElement } from "ltx";

/** Attributes by name, in the order in which they were written. */
export type Attributes = Record<string, string>;

/** Nothing is inherited, so that `constructor` and `__proto__` are names like any other; V8 keeps such objects fast. */
const NO_PROPERTIES: object = Object.create(null);

/** An empty set of attributes. */
export function attributes(): Attributes {
  return Object.create(NO_PROPERTIES);
}

/** An element: ltx's, made safe for names and namespaces that a stranger chose. Its text comes from `serialize`. */
export class Element extends LtxElement {
  /** Keeps `attrs`, which `attributes()` has made. */
  constructor(name: string, attrs: Attributes = attributes()) {
    super(name);
    this.attrs = attrs;
  }

  /** The namespace bound to a prefix, or the default one; `xmlns=""` takes the default away (Namespaces in XML §6.2). */
  override findNS(prefix?: string): string | undefined {
    const uri = this.attrs[prefix ? `xmlns:${prefix}` : "xmlns"];
    return uri === undefined ? this.parent?.findNS(prefix) : uri || undefined;
  }
}

/** Child of an element; `undefined` is left out, so that optional parts need no `if`. */
export type Child = Element | string | undefined;

/** Builds an element: `xml("delay", { xmlns: NS, stamp })`. Attributes that are `undefined` are left out. */
export function xml(
  name: string,
  attrs: Readonly<Record<string, string | undefined>> = {},
  ...children: readonly Child[]
): Element {
  const element = new Element(name);
  for (const key in attrs) {
    const value = attrs[key];
    if (value !== undefined) element.attrs[key] = value;
  }
  for (const child of children) {
    if (child !== undefined && child !== "") element.cnode(child);
  }
  return element;
}
