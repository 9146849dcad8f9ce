/**
 * XEP-0030: Service Discovery, version 2.5.0.
 *
 * @module
 */
import { type Element, xml } from "../xml/element.ts";
import type { Call, Codec } from "./codec.ts";
import { attribute } from "./reading.ts";

export const NS = "http://jabber.org/protocol/disco#info";

export const NS_ITEMS = "http://jabber.org/protocol/disco#items";

/** Subject of a query: an entity, or one of its nodes. */
export interface DiscoQuery {
  readonly node?: string;
}

/** Identity of an entity, in the terms of the registry of identities. */
export interface Identity {
  readonly category: string;
  readonly type: string;
  readonly name?: string;
}

export interface DiscoInfo extends DiscoQuery {
  readonly identities: readonly Identity[];
  readonly features: readonly string[];
}

export interface Item {
  readonly jid: string;
  readonly node?: string;
  readonly name?: string;
}

export interface DiscoItems extends DiscoQuery {
  readonly items: readonly Item[];
}

export const discoInfo: Call<DiscoQuery, DiscoInfo> = {
  type: "get",
  query: query(NS),
  reply: {
    name: "query",
    xmlns: NS,
    read: (element) => ({
      ...readNode(element),
      identities: element.getChildren("identity", NS).map(readIdentity),
      features: element.getChildren("feature", NS).map((feature) => attribute(feature, "var")),
    }),
    write: ({ node, identities, features }) =>
      xml(
        "query",
        { xmlns: NS, node },
        ...identities.map(({ category, type, name }) => xml("identity", { category, type, name })),
        ...features.map((feature) => xml("feature", { var: feature })),
      ),
  },
};

export const discoItems: Call<DiscoQuery, DiscoItems> = {
  type: "get",
  query: query(NS_ITEMS),
  reply: {
    name: "query",
    xmlns: NS_ITEMS,
    read: (element) => ({
      ...readNode(element),
      items: element.getChildren("item", NS_ITEMS).map(readItem),
    }),
    write: ({ node, items }) =>
      xml("query", { xmlns: NS_ITEMS, node }, ...items.map(({ jid, node, name }) => xml("item", { jid, node, name }))),
  },
};

function query(xmlns: string): Codec<DiscoQuery> {
  return { name: "query", xmlns, read: readNode, write: ({ node }) => xml("query", { xmlns, node }) };
}

function readNode(element: Element): DiscoQuery {
  const { node } = element.attrs;
  return node === undefined ? {} : { node };
}

function readIdentity(element: Element): Identity {
  const { name } = element.attrs;
  return {
    category: attribute(element, "category"),
    type: attribute(element, "type"),
    ...(name !== undefined && { name }),
  };
}

function readItem(element: Element): Item {
  const { name } = element.attrs;
  return { jid: attribute(element, "jid"), ...readNode(element), ...(name !== undefined && { name }) };
}
