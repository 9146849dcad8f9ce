/**
 * Service discovery (XEP-0030), assembled from what the enabled plugins advertise.
 *
 * @module
 */
import { type DiscoInfo, discoInfo, discoItems, NS, NS_ITEMS } from "../wire/xep0030.ts";
import { parseNode } from "../wire/xep0355.ts";
import { StanzaError } from "../xmpp/error.ts";
import type { Jid } from "../xmpp/jid.ts";
import { DiscoNodes } from "./disco_nodes.ts";
import type { Router } from "./router.ts";

/** Place where a feature is seen: at the component, or at each account whose requests are delegated to it. */
export type FeaturePlace = "component" | "account";

/** The features and the nodes that plugins have advertised. */
export class Features {
  readonly nodes = new DiscoNodes();
  /** An object for each time that a plugin advertises: several may advertise the same feature. */
  readonly #advertised = new Set<{ readonly feature: string; readonly place: FeaturePlace }>();

  /** Advertises a feature; returns what undoes it. */
  add(feature: string, place: FeaturePlace): () => void {
    const advertised = { feature, place };
    this.#advertised.add(advertised);
    return () => this.#advertised.delete(advertised);
  }

  /**
   * Returns what a node shows: the component itself without one; with a delegation node (XEP-0355 §"Disco Nesting"),
   * what the server is to show in its own name; with a plugin's, what that says. Throws `item-not-found` for any other node.
   */
  info(node: string | undefined): DiscoInfo {
    if (node === undefined) {
      return {
        identities: [{ category: "component", type: "archive", name: "Annals" }],
        features: [...new Set([NS, NS_ITEMS, ...this.#at("component")])],
      };
    }
    const added = this.nodes.info(node);
    if (added !== undefined) return added;
    const delegation = parseNode(node);
    if (delegation === undefined) throw new StanzaError("item-not-found", "There is no such node here");
    return { node, identities: [], features: delegation.bare ? this.#at("account") : [] };
  }

  /** Returns each feature of a place once, in the order in which they were advertised. */
  #at(place: FeaturePlace): readonly string[] {
    const there = [...this.#advertised].filter((advertised) => advertised.place === place);
    return [...new Set(there.map(({ feature }) => feature))];
  }
}

/** Answers discovery requests. */
export function serveDisco(
  features: Features,
  { component, router, asked }: {
    component: Jid;
    router: Router;
    /** Told of a host that asks what accounts are to show. */
    asked: (host: string) => void;
  },
): void {
  router.answer(discoInfo, ({ node }, { from }) => {
    if (parseNode(node ?? "")?.bare) asked(from.toString());
    return features.info(node);
  });
  router.answer(discoItems, ({ node }) => {
    // XEP-0030 §7: of what is not there, nothing can be listed either.
    features.info(node);
    return { ...node !== undefined && { node }, items: features.nodes.items(node, component.toString()) };
  });
}
