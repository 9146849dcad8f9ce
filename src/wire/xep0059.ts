/**
 * XEP-0059: Result Set Management, version 1.0.
 *
 * @module
 */
import { type Element, xml } from "../xml/element.ts";
import { StanzaError } from "../xmpp/error.ts";
import type { Codec } from "./codec.ts";
import { optionalChild, optionalText, readCount } from "./reading.ts";

export const NS = "http://jabber.org/protocol/rsm";

/** Page of a result set that is wanted. */
export interface ResultSetRequest {
  /** The most items to send; 0 asks for the count alone (§2.7). */
  readonly max?: number;
  /** The page that ends before this item; `""` is the last page (§2.5). */
  readonly before?: string;
  /** The page that starts after this item. */
  readonly after?: string;
  /** The page that starts at this position (§2.6). */
  readonly index?: number;
}

/** Page that was sent. */
export interface ResultSet {
  readonly first?: { readonly id: string; readonly index?: number };
  readonly last?: string;
  /** Items in the whole set. */
  readonly count?: number;
}

export const resultSetRequest: Codec<ResultSetRequest> = {
  name: "set",
  xmlns: NS,

  read(element): ResultSetRequest {
    const max = optionalCount(element, "max");
    const before = optionalText(element, "before", NS);
    // §2.2: who names no item to come after wants the first page, so an empty name is as good as none.
    const after = optionalText(element, "after", NS) || undefined;
    const index = optionalCount(element, "index");
    return {
      ...(max !== undefined && { max }),
      ...(before !== undefined && { before }),
      ...(after !== undefined && { after }),
      ...(index !== undefined && { index }),
    };
  },

  write({ max, before, after, index }): Element {
    return xml(
      "set",
      { xmlns: NS },
      child("max", max),
      child("before", before),
      child("after", after),
      child("index", index),
    );
  },
};

export const resultSet: Codec<ResultSet> = {
  name: "set",
  xmlns: NS,

  read(element): ResultSet {
    const first = optionalChild(element, "first", NS);
    const last = optionalText(element, "last", NS);
    const count = optionalCount(element, "count");
    // §2.2: a page has both ends, or, when it is empty, none.
    if ((first === undefined) !== (last === undefined)) {
      throw new StanzaError("bad-request", "Found only one of <first/> and <last/> in <set/>, expected both or none");
    }
    return {
      ...(first && { first: readFirst(first) }),
      ...(last !== undefined && { last }),
      ...(count !== undefined && { count }),
    };
  },

  write({ first, last, count }): Element {
    return xml(
      "set",
      { xmlns: NS },
      // In the order of the schema (§"XML Schema"), which strict clients insist on.
      child("count", count),
      first && xml("first", { index: first.index?.toString() }, first.id),
      child("last", last),
    );
  },
};

function readFirst(element: Element): { id: string; index?: number } {
  const { index } = element.attrs;
  return {
    id: element.getText(),
    ...(index !== undefined && { index: readCount(index, 'the attribute "index"') }),
  };
}

function optionalCount(element: Element, name: string): number | undefined {
  const text = optionalText(element, name, NS);
  return text === undefined ? undefined : readCount(text, `<${name}/>`);
}

function child(name: string, value: string | number | undefined): Element | undefined {
  return value === undefined ? undefined : xml(name, {}, String(value));
}
