/**
 * Bindings of prefixes while elements open and close (Namespaces in XML 1.0).
 *
 * @module
 */
import type { Attributes } from "./element.ts";
import { XmlError } from "./error.ts";

const NS_XML = "http://www.w3.org/XML/1998/namespace";
const NS_XMLNS = "http://www.w3.org/2000/xmlns/";

/** A prefix and what it stands for. */
export interface Binding {
  readonly prefix: string;
  readonly uri: string;
  /** Depth of the element that declares it. */
  readonly depth: number;
}

/** The prefixes in scope. Default namespaces are not its business: a name without a prefix is always right. */
export class Namespaces {
  /** In the order of declaration. */
  readonly #declared: Binding[] = [];
  /** By prefix, the innermost last, so that looking one up does not depend on how many there are. */
  readonly #bound = new Map<string, Binding[]>([["xml", [{ prefix: "xml", uri: NS_XML, depth: -1 }]]]);

  /** Declares what a start tag declares. Returns the bindings that its own names use. Throws `XmlError`. */
  enter(depth: number, name: string, attrs: Attributes): readonly Binding[] {
    for (const attribute in attrs) {
      if (attribute.startsWith("xmlns:")) this.#declare(attribute.slice(6), attrs[attribute] ?? "", depth);
    }
    const used: Binding[] = [];
    const expanded = new Set<string>();
    for (const attribute in attrs) {
      const colon = attribute.indexOf(":");
      if (colon === -1 || attribute.startsWith("xmlns:")) continue;
      const binding = this.#resolve(attribute.slice(0, colon));
      used.push(binding);
      expanded.add(`${attribute.slice(colon)} ${binding.uri}`);
    }
    if (expanded.size < used.length) throw new XmlError("not-well-formed", "Found an attribute twice in one tag");
    const colon = name.indexOf(":");
    if (colon !== -1) used.push(this.#resolve(name.slice(0, colon)));
    return used;
  }

  /** Forgets what the element at this depth declared. */
  leave(depth: number): void {
    for (let last = this.#declared.at(-1); last?.depth === depth; last = this.#declared.at(-1)) {
      this.#declared.pop();
      const bindings = this.#bound.get(last.prefix);
      bindings?.pop();
      if (bindings?.length === 0) this.#bound.delete(last.prefix);
    }
  }

  #declare(prefix: string, uri: string, depth: number): void {
    // Namespaces in XML §3: "xml" has its meaning, "xmlns" cannot be declared; §5: nor can nothing. That no other prefix has the
    // meaning of "xml" is not insisted on: Prosody writes such prefixes, for whatever a user puts into that namespace.
    if (prefix === "xmlns" || uri === "" || uri === NS_XMLNS || (prefix === "xml" && uri !== NS_XML)) {
      throw new XmlError("bad-namespace-prefix", "Found a declaration of a prefix that Namespaces in XML forbids");
    }
    const binding = { prefix, uri, depth };
    this.#declared.push(binding);
    const bindings = this.#bound.get(prefix);
    if (bindings === undefined) this.#bound.set(prefix, [binding]);
    else bindings.push(binding);
  }

  #resolve(prefix: string): Binding {
    const binding = this.#bound.get(prefix)?.at(-1);
    if (binding === undefined) throw new XmlError("bad-namespace-prefix", "Found a prefix that is not bound");
    return binding;
  }
}
