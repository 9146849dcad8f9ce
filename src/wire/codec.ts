/**
 * Declarations of a wire file: how a payload is read and written, and which request has which reply.
 *
 * @module
 */
import { type Element, xml } from "../xml/element.ts";

/** One kind of element, both ways. */
export interface Codec<T> {
  /** Local name of the element. */
  readonly name: string;
  /** Its namespace. */
  readonly xmlns: string;
  /**
   * Reads an element of this name and namespace, to which it was routed by them.
   * Throws `StanzaError` (`bad-request` unless the specification names another) when it is malformed.
   */
  read(element: Element): T;
  write(value: T): Element;
}

/** An IQ request and its reply, declared once and used both to answer it and to ask it. */
export interface Call<Q, R> {
  readonly type: "get" | "set";
  readonly query: Codec<Q>;
  /** Absent where the result is an empty `<iq/>`. */
  readonly reply?: Codec<R>;
}

/** An element that says all by being there; whatever it holds is ignored. */
export function bareElement(name: string, xmlns: string): Codec<void> {
  return { name, xmlns, read: () => undefined, write: () => xml(name, { xmlns }) };
}
