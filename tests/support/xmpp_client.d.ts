/** The part of `@xmpp/client` 0.14.0 that is used here; it ships without types. */
import type { Element } from "../../src/xml/ltx.d.ts";

export function client(options: {
  service: string;
  domain: string;
  username: string;
  password: string;
  resource?: string;
}): XmppClient;

export interface XmppClient {
  on(event: "stanza", listener: (stanza: Element) => void): void;
  on(event: "error", listener: (error: Error) => void): void;
  start(): Promise<{ toString(): string }>;
  stop(): Promise<void>;
  send(element: Element): Promise<void>;
  iqCaller: { request(iq: Element, timeout?: number): Promise<Element> };
  reconnect: { stop(): void };
}

export function xml(
  name: string,
  attrs?: Readonly<Record<string, string>>,
  ...children: readonly (Element | string)[]
): Element;
