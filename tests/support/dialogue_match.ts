/**
 * Comparison of Annals' stanzas with those of a dialogue.
 *
 * @module
 */
import type { Element } from "../../src/xml/element.ts";
import { canonical } from "./canonical.ts";

/** At the end of an element: whatever else it holds. */
const WHATEVER = "...";

/** Returns the values that stand where `expected` has `{name}`. Throws when the rest differs. */
export function match(expected: Element, said: Element): Map<string, string> {
  elide(expected, said);
  const [pattern, text] = [canonical(expected), canonical(said)];
  const names: string[] = [];
  const source = pattern.split(/(\{\w+\})/).map((part, index) => {
    if (index % 2 === 0) return RegExp.escape(part);
    names.push(part.slice(1, -1));
    return '([^"]*)';
  }).join("");
  const found = new RegExp(`^${source}$`).exec(text);
  if (found === null) throw new Error(`Annals says something else\n  expected ${pattern}\n  found    ${text}`);
  return new Map(names.map((name, index) => [name, found[index + 1] ?? ""]));
}

/** Takes out of `said` what the pattern leaves open. */
function elide(expected: Element, said: Element): void {
  const last = expected.children.at(-1);
  if (typeof last === "string" && last.trim() === WHATEVER) {
    const listed = expected.children.length - 1;
    expected.children.splice(listed);
    said.children.splice(listed);
  }
  const children = said.getChildElements();
  for (const [index, child] of expected.getChildElements().entries()) {
    const other = children[index];
    if (other !== undefined) elide(child, other);
  }
}
