/**
 * Namespaces that an element takes from the elements around it.
 *
 * @module
 */
import { type Attributes, attributes, type Element } from "./element.ts";

/** Levels that call each other; more, which only an attacker writes, would not fit on the stack. */
const MAX_CALLS = 500;

/** The namespace declarations of its parents that an element, or something in it, relies on. */
export function inheritedDeclarations(element: Element): Attributes {
  const relied = new Set<string>();
  const deep: Place[] = [];
  collect(element, undefined, { relied, deep }, 0);
  for (let next; (next = deep.pop()) !== undefined;) collect(next.element, next.outer, { relied, deep }, 0);
  const found = attributes();
  for (const declaration of relied) {
    const uri = element.parent?.findNS(declaration.slice("xmlns:".length));
    if (uri !== undefined) found[declaration] = uri;
  }
  return found;
}

/** The elements around one that declare something, innermost first. Parents do not tell: an element may be in several trees. */
interface Surroundings {
  readonly attrs: Attributes;
  readonly outer: Surroundings | undefined;
}

/** An element, and what is around it. */
interface Place {
  readonly element: Element;
  readonly outer: Surroundings | undefined;
}

interface Collection {
  readonly relied: Set<string>;
  /** Places too many calls down, left for later. */
  readonly deep: Place[];
}

/** Adds the declarations that are relied on from here down, but not made from the top down. */
function collect(element: Element, outer: Surroundings | undefined, into: Collection, depth: number): void {
  let inside = outer;
  let prefixed = false;
  for (const name in element.attrs) {
    if (name.startsWith("xmlns")) inside = { attrs: element.attrs, outer };
    else if (name.includes(":")) prefixed = true;
  }
  if (element.name !== "") rely(declarationFor(element.name), inside, into.relied);
  if (prefixed) {
    for (const name in element.attrs) {
      if (name.includes(":") && !name.startsWith("xmlns:")) rely(declarationFor(name), inside, into.relied);
    }
  }
  for (const child of element.children) {
    if (typeof child === "string") continue;
    if (depth === MAX_CALLS) into.deep.push({ element: child, outer: inside });
    else collect(child, inside, into, depth + 1);
  }
}

function rely(declaration: string, from: Surroundings | undefined, relied: Set<string>): void {
  for (let here = from; here !== undefined; here = here.outer) {
    if (here.attrs[declaration] !== undefined) return;
  }
  relied.add(declaration);
}

function declarationFor(name: string): string {
  const colon = name.indexOf(":");
  return colon === -1 ? "xmlns" : `xmlns:${name.slice(0, colon)}`;
}
