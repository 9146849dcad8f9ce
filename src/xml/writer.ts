/**
 * Writes elements.
 *
 * @module
 */
import type { Element } from "./element.ts";
import { escapeText, escapeValue } from "./escape.ts";
import { inheritedDeclarations } from "./inherited.ts";
import { Opaque } from "./opaque.ts";

/** Levels that call each other; deeper ones, which only an attacker writes, would not fit on the stack. */
const MAX_CALLS = 500;

const NONE: Readonly<Record<string, string>> = {};

/**
 * An element as text that stands by itself: what it uses of the declarations of its parents is declared on it.
 * Throws `XmlError` at a character that XML does not have.
 */
export function serialize(element: Element): string {
  return write(element, element.parent === null ? NONE : inheritedDeclarations(element));
}

function write(element: Element, declarations: Readonly<Record<string, string>>, depth = 0): string {
  if (element instanceof Opaque) return element.text;
  const start = startTag(element, declarations);
  if (element.children.length === 0) return `${start}/>`;
  if (depth === MAX_CALLS) return writeDeep(element, start);
  let text = `${start}>`;
  for (const child of element.children) {
    text += typeof child === "string" ? escapeText(child) : write(child, NONE, depth + 1);
  }
  return `${text}</${element.name}>`;
}

/** The same without calls, which takes longer. */
function writeDeep(top: Element, start: string): string {
  let text = `${start}>`;
  const open = [{ element: top, next: 0 }];
  for (let last; (last = open.at(-1)) !== undefined;) {
    const { element } = last;
    const child = element.children[last.next++];
    if (child === undefined) {
      text += `</${element.name}>`;
      open.pop();
    } else if (typeof child === "string") {
      text += escapeText(child);
    } else if (child instanceof Opaque) {
      text += child.text;
    } else if (child.children.length === 0) {
      text += `${startTag(child, NONE)}/>`;
    } else {
      text += `${startTag(child, NONE)}>`;
      open.push({ element: child, next: 0 });
    }
  }
  return text;
}

/** All but the end of a start tag. */
function startTag(element: Element, declarations: Readonly<Record<string, string>>): string {
  let text = `<${element.name}`;
  for (const name in element.attrs) text += attribute(name, element.attrs[name] ?? "");
  for (const name in declarations) text += attribute(name, declarations[name] ?? "");
  return text;
}

function attribute(name: string, value: string): string {
  return ` ${name}="${escapeValue(value)}"`;
}
