/**
 * XML as it means, not as it is written: for comparing what went in with what came out.
 *
 * @module
 */
import type { Element } from "../../src/xml/element.ts";

/** An element with every name in Clark notation, without prefixes and declarations, its attributes sorted. */
export function canonical(element: Element): string {
  const attributes = Object.entries(element.attrs)
    .filter(([name]) => name !== "xmlns" && !name.startsWith("xmlns:"))
    .map(([name, value]) => ` ${attributeName(element, name)}=${JSON.stringify(value)}`);
  const children = merged(element.children).map((child) =>
    typeof child === "string" ? JSON.stringify(child) : canonical(child)
  );
  return `<{${element.getNS() ?? ""}}${element.getName()}${attributes.sort().join("")}>${children.join("")}</>`;
}

function attributeName(element: Element, name: string): string {
  const [prefix = "", local] = name.split(":");
  if (local === undefined || prefix === "xml") return name;
  return `{${declared(element, `xmlns:${prefix}`) ?? ""}}${local}`;
}

function declared(element: Element | null, declaration: string): string | undefined {
  return element === null ? undefined : element.attrs[declaration] ?? declared(element.parent, declaration);
}

/** Adjacent texts in one: where a reader cuts them has no meaning. */
function merged(children: readonly (Element | string)[]): (Element | string)[] {
  const result: (Element | string)[] = [];
  for (const child of children) {
    const last = result.at(-1);
    if (typeof child === "string" && typeof last === "string") result[result.length - 1] = last + child;
    else result.push(child);
  }
  return result;
}
