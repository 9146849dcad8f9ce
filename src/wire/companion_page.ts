/**
 * The companion protocol, version 1 (scripts/prosody/PROTOCOL.md): requests that a module delegates (XEP-0355), and pages.
 *
 * @module
 */
import { type Element, xml } from "../xml/element.ts";
import { writeCdata } from "../xml/escape.ts";
import { Opaque } from "../xml/opaque.ts";
import type { Codec } from "./codec.ts";
import { NS } from "./companion.ts";
import { attribute, optionalChild, readBoolean } from "./reading.ts";

/** Mark of a module on a request that it delegates. */
export interface Marker {
  /** True when the module holds messages for the archive that it has not sent yet. */
  readonly behind: boolean;
}

export const marker: Codec<Marker> = {
  name: "companion",
  xmlns: NS,
  read: ({ attrs: { behind = "false" } }) => ({ behind: readBoolean(behind, 'the attribute "behind"') }),
  write: ({ behind }) => xml("companion", { xmlns: NS, behind: behind ? "true" : undefined }),
};

/** Reads a module's mark on a request, in `<delegation/>`; `undefined` where it is not a module that delegates. */
export function readMarker(delegation: Element): Marker | undefined {
  const held = optionalChild(delegation, marker.name, marker.xmlns);
  return held && marker.read(held);
}

/** Results on their way to the session that made a request. */
export interface ResultPage {
  /** The id of the delegated request. */
  readonly request: string;
  /** Messages, serialised, as the session is to get them. */
  readonly text: string;
  /** Bytes of each of them, in UTF-8. */
  readonly sizes: readonly number[];
}

export const page: Codec<ResultPage> = {
  name: "page",
  xmlns: NS,
  read: (element) => ({
    request: attribute(element, "request"),
    text: element.getText(),
    sizes: (attribute(element, "sizes").match(/\d+/g) ?? []).map(Number),
  }),
  write: ({ request, text, sizes }) =>
    xml("page", { xmlns: NS, request, sizes: sizes.join(" ") }, new Opaque(writeCdata(text))),
};
