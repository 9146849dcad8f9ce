/**
 * Namespaces that an element takes from the elements around it.
 *
 * @module
 */
import { type Attributes, attributes, type Element } from "./element.ts";

/** The namespace declarations of its parents that an element, or something in it, relies on. */
export function inheritedDeclarations(element: Element): Attributes {
  const relied = new Set<string>();
  collect(element, relied);
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

/** Adds the declarations that are relied on from here down, but not made from the top down. Calls would not fit on the stack. */
function collect(top: Element, relied: Set<string>): void {
  const waiting: { readonly element: Element; readonly outer: Surroundings | undefined }[] = [
    { element: top, outer: undefined },
  ];
  for (let next; (next = waiting.pop()) !== undefined;) {
    const { element, outer } = next;
    const inside = declares(element.attrs) ? { attrs: element.attrs, outer } : outer;
    if (element.name !== "") rely(declarationFor(element.name), inside, relied);
    for (const name in element.attrs) {
      if (name.includes(":") && !name.startsWith("xmlns:")) rely(declarationFor(name), inside, relied);
    }
    for (const child of element.children) {
      if (typeof child !== "string") waiting.push({ element: child, outer: inside });
    }
  }
}

function declares(attrs: Attributes): boolean {
  for (const name in attrs) if (name.startsWith("xmlns")) return true;
  return false;
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
