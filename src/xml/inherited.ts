/**
 * Namespaces that an element takes from the elements around it.
 *
 * @module
 */
import { type Attributes, attributes, type Element } from "./element.ts";

/** The namespace declarations of its parents that an element, or something in it, relies on. */
export function inheritedDeclarations(element: Element): Attributes {
  const relied = new Set<string>();
  collect(element, undefined, relied);
  const found = attributes();
  for (const declaration of relied) {
    const uri = element.parent?.findNS(declaration.slice("xmlns:".length));
    if (uri !== undefined) found[declaration] = uri;
  }
  return found;
}

/** The elements around one, innermost first. Parents do not tell: an element may be in several trees. */
interface Surroundings {
  readonly attrs: Attributes;
  readonly outer: Surroundings | undefined;
}

/** Adds the declarations that are relied on from here down, but not made from the top down. */
function collect(element: Element, outer: Surroundings | undefined, relied: Set<string>): void {
  const inside = { attrs: element.attrs, outer };
  if (element.name !== "") rely(declarationFor(element.name), inside, relied);
  for (const name in element.attrs) {
    if (name.includes(":") && !name.startsWith("xmlns:")) rely(declarationFor(name), inside, relied);
  }
  for (const child of element.children) {
    if (typeof child !== "string") collect(child, inside, relied);
  }
}

function rely(declaration: string, from: Surroundings, relied: Set<string>): void {
  for (let here: Surroundings | undefined = from; here !== undefined; here = here.outer) {
    if (here.attrs[declaration] !== undefined) return;
  }
  relied.add(declaration);
}

function declarationFor(name: string): string {
  const colon = name.indexOf(":");
  return colon === -1 ? "xmlns" : `xmlns:${name.slice(0, colon)}`;
}
