/**
 * Writes elements.
 *
 * @module
 */
import type { Element } from "./element.ts";
import { escapeText, escapeValue } from "./escape.ts";
import { inheritedDeclarations } from "./inherited.ts";
import { Opaque } from "./opaque.ts";

/**
 * An element as text that stands by itself: what it uses of the declarations of its parents is declared on it.
 * Throws `XmlError` at a character that XML does not have.
 */
export function serialize(element: Element): string {
  return write(element, element.parent === null ? {} : inheritedDeclarations(element));
}

function write(element: Element, declarations: Readonly<Record<string, string>>): string {
  if (element instanceof Opaque) return element.text;
  let text = `<${element.name}`;
  for (const name in element.attrs) text += attribute(name, element.attrs[name] ?? "");
  for (const name in declarations) text += attribute(name, declarations[name] ?? "");
  if (element.children.length === 0) return `${text}/>`;
  text += ">";
  for (const child of element.children) {
    text += typeof child === "string" ? escapeText(child) : write(child, {});
  }
  return `${text}</${element.name}>`;
}

function attribute(name: string, value: string): string {
  return ` ${name}="${escapeValue(value)}"`;
}
