/**
 * Nodes below the component (XEP-0030), as plugins add them.
 *
 * @module
 */
import type { DiscoInfo, Identity, Item } from "../wire/xep0030.ts";

/** A node, and the one that lists it. */
export interface DiscoNode {
  readonly node: string;
  /** Node among whose items it is; without one, it is an item of the component itself. */
  readonly under?: string;
  /** Name that clients show. */
  readonly name?: string;
  readonly identities?: readonly Identity[];
  readonly features?: readonly string[];
}

/** The nodes that there are. */
export class DiscoNodes {
  readonly #nodes = new Set<DiscoNode>();

  /** Adds a node; returns what undoes it. */
  add(node: DiscoNode): () => void {
    // A plugin may add the same object twice.
    const added = { ...node };
    this.#nodes.add(added);
    return () => this.#nodes.delete(added);
  }

  /** Returns what a node is, by all that was said of it; `undefined` when there is none of the name. */
  info(name: string): DiscoInfo | undefined {
    const said = [...this.#nodes].filter(({ node }) => node === name);
    if (said.length === 0) return undefined;
    const identities = said.flatMap(({ identities = [] }) => identities);
    const unique = new Map(identities.map((identity) => [`${identity.category}/${identity.type}`, identity]));
    const features = new Set(said.flatMap(({ features = [] }) => features));
    return { node: name, identities: [...unique.values()], features: [...features] };
  }

  /** Lists each item of a node once, or of the component itself, whose address is `jid`. */
  items(under: string | undefined, jid: string): Item[] {
    const below = [...this.#nodes].filter((each) => each.under === under).reverse();
    const items = below.map(({ node, name }): [string, Item] => [
      node,
      { jid, node, ...name !== undefined && { name } },
    ]);
    return [...new Map(items).values()].reverse();
  }
}
