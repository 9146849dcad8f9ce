/**
 * XEP-0114 §3: how a component and its server recognise each other.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { type Element, xml } from "../xml/element.ts";
import { serialize } from "../xml/writer.ts";
import { StreamError } from "../xmpp/error.ts";
import { ConnectionError } from "./error.ts";

const NS_COMPONENT = "jabber:component:accept";
const NS_STREAM = "http://etherx.jabber.org/streams";
const NS_STREAM_ERRORS = "urn:ietf:params:xml:ns:xmpp-streams";

/** End tag of a stream (RFC 6120 §4.4). */
export const STREAM_END = "</stream:stream>";

/** The start of our half of the stream, to the component's own address. */
export function streamHeader(domain: string): string {
  const root = xml("stream:stream", { xmlns: NS_COMPONENT, "xmlns:stream": NS_STREAM, to: domain });
  return "<?xml version='1.0'?>" + serialize(root).replace(/\/>$/, ">");
}

/** Proves that we know the secret: the lower-case hex SHA-1 of the stream's id and the secret, as UTF-8. */
export function handshake(streamId: string, secret: string): string {
  return serialize(xml("handshake", {}, createHash("sha1").update(streamId + secret, "utf8").digest("hex")));
}

/** Reports whether the server has accepted the handshake. */
export function isHandshake(element: Element): boolean {
  return element.is("handshake", NS_COMPONENT);
}

/** Reads `<stream:error/>` (RFC 6120 §4.9); `undefined` for any other element. */
export function readStreamError(element: Element): StreamError | undefined {
  if (!element.is("error", NS_STREAM)) return undefined;
  const children = element.getChildElements().filter((child) => child.getNS() === NS_STREAM_ERRORS);
  const condition = children.find((child) => child.getName() !== "text")?.getName() ?? "undefined-condition";
  return new StreamError(condition, element.getChildText("text", NS_STREAM_ERRORS) ?? "");
}

/** Writes an error of ours, with the end of the stream that must follow it (RFC 6120 §4.9.1.1). */
export function writeStreamError(condition: string): string {
  return serialize(xml(
    "stream:error",
    { "xmlns:stream": NS_STREAM },
    xml(condition, { xmlns: NS_STREAM_ERRORS }),
  )) + STREAM_END;
}

/** Explains a server's stream error to an operator. */
export function explain(cause: StreamError, domain: string): ConnectionError {
  switch (cause.condition) {
    case "not-authorized":
      return new ConnectionError(
        "refused",
        `The server refuses the secret of "${domain}": component.secret must be the one in the server's configuration`,
        { cause },
      );
    case "host-unknown":
      return new ConnectionError(
        "refused",
        `The server has no component "${domain}": component.domain must be the address in the server's configuration`,
        { cause },
      );
    case "conflict":
      return new ConnectionError(
        "conflict",
        `The server has a connection for "${domain}" already: another Annals may be running`,
        { cause },
      );
    default:
      return new ConnectionError("lost", `The server ended the stream: ${cause.message}`, { cause });
  }
}
