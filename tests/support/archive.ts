/**
 * An archive as a client sees it (XEP-0313): asks for pages and takes the answers apart.
 *
 * @module
 */
import { type Element, xml } from "../../src/xml/element.ts";
import type { Client } from "./client.ts";

export const NS_MAM = "urn:xmpp:mam:2";

const NS = {
  data: "jabber:x:data",
  delay: "urn:xmpp:delay",
  forward: "urn:xmpp:forward:0",
  rsm: "http://jabber.org/protocol/rsm",
  stanzas: "urn:ietf:params:xml:ns:xmpp-stanzas",
};

/** Query to an archive. */
export interface ArchiveQuery {
  /** XEP-0313 §4.1: fields of the form. */
  readonly form?: Readonly<Record<string, string | readonly string[]>>;
  /** XEP-0059. */
  readonly page?: { readonly max?: number; readonly after?: string; readonly before?: string; readonly index?: number };
  /** XEP-0313 §5.1: newest first within the page. */
  readonly flip?: boolean;
  /** Owner of the archive; default the client itself. */
  readonly to?: string;
  /** Milliseconds that the whole page may take; default as for any other answer. */
  readonly patience?: number;
}

/** A message of an archive. */
export interface Archived {
  /** Archive id. */
  readonly id: string;
  /** When it was received, as XEP-0082 writes it. */
  readonly stamp: string;
  readonly message: Element;
  readonly body: string | null;
}

/** Answer to a query. */
export interface ArchivePage {
  /** Results before the final iq, in order of arrival. */
  readonly messages: readonly Archived[];
  /** The final iq. */
  readonly iq: Element;
  /** RFC 6120 §8.3.3: the condition, when the request was refused. */
  readonly error: string | undefined;
  readonly complete: boolean;
  readonly first: string | undefined;
  readonly last: string | undefined;
  readonly count: number | undefined;
  readonly index: number | undefined;
}

/** Asks for a page of an archive. */
export async function archivePage(client: Client, query: ArchiveQuery = {}): Promise<ArchivePage> {
  const id = client.uniqueId();
  const answer = client.collect(
    (stanza) => result(stanza)?.attrs.queryid === id,
    (stanza) => stanza.is("iq") && stanza.attrs.id === id,
    "an archive page",
    query.patience,
  );
  const payload = xml("query", { xmlns: NS_MAM, queryid: id }, ...parts(query));
  await client.send(xml("iq", { type: "set", id, to: query.to }, payload));
  const [results, iq] = await answer;
  const fin = iq.getChild("fin", NS_MAM);
  const set = fin?.getChild("set", NS.rsm);
  return {
    messages: results.map(archived),
    iq,
    error: condition(iq),
    complete: fin?.attrs.complete === "true",
    first: text(set, "first"),
    last: text(set, "last"),
    count: number(text(set, "count")),
    index: number(set?.getChild("first")?.attrs.index),
  };
}

/** The whole of what a query matches, page after page, oldest first. */
export async function wholeArchive(client: Client, query: ArchiveQuery = {}): Promise<Archived[]> {
  const messages: Archived[] = [];
  for (let page = query.page ?? {};;) {
    const { messages: found, complete, last, error } = await archivePage(client, { ...query, page });
    if (error !== undefined) throw new Error(`Cannot read the archive of ${client.jid}: ${error}`);
    messages.push(...found);
    if (complete || last === undefined) return messages;
    page = { ...page, after: last };
  }
}

/** The newest archive id; `undefined` when the archive is empty. */
export async function newestId(client: Client): Promise<string | undefined> {
  const { messages: [newest] } = await archivePage(client, { page: { max: 1, before: "" } });
  return newest?.id;
}

/** The condition of a stanza of type `error`. */
export function condition(stanza: Element): string | undefined {
  const error = stanza.attrs.type === "error" ? stanza.getChild("error") : undefined;
  return error?.getChildElements().find((child) => child.getNS() === NS.stanzas)?.getName();
}

function parts({ form, page, flip }: ArchiveQuery): Element[] {
  return [
    ...form === undefined ? [] : [
      xml(
        "x",
        { xmlns: NS.data, type: "submit" },
        xml("field", { var: "FORM_TYPE", type: "hidden" }, xml("value", {}, NS_MAM)),
        ...Object.entries(form).map(([name, values]) =>
          xml("field", { var: name }, ...[values].flat().map((value) => xml("value", {}, value)))
        ),
      ),
    ],
    ...page === undefined ? [] : [
      xml(
        "set",
        { xmlns: NS.rsm },
        ...Object.entries(page).map(([name, value]) => xml(name, {}, String(value))),
      ),
    ],
    ...flip ? [xml("flip-page")] : [],
  ];
}

function result(stanza: Element): Element | undefined {
  return stanza.is("message") ? stanza.getChild("result", NS_MAM) : undefined;
}

function archived(stanza: Element): Archived {
  const found = result(stanza);
  const forwarded = found?.getChild("forwarded", NS.forward);
  const message = forwarded?.getChild("message", "jabber:client");
  const stamp = forwarded?.getChild("delay", NS.delay)?.attrs.stamp;
  if (found?.attrs.id === undefined || stamp === undefined || message === undefined) {
    throw new Error(`Cannot read an archive result: expected an id, a <delay/> and a <message/> in ${stanza}`);
  }
  return { id: found.attrs.id, stamp, message, body: message.getChildText("body") };
}

function text(element: Element | undefined, name: string): string | undefined {
  return element?.getChildText(name) ?? undefined;
}

function number(digits: string | undefined): number | undefined {
  return digits === undefined ? undefined : Number(digits);
}
