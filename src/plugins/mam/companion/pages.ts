/**
 * Pages of results for the module that delegated a request (scripts/prosody/PROTOCOL.md, "Requests and pages").
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { Envelope } from "../../../runtime/envelope.ts";
import type { Push } from "../../../runtime/link.ts";
import { page, type ResultPage } from "../../../wire/companion_page.ts";
import type { Element } from "../../../xml/element.ts";
import { serialize } from "../../../xml/writer.ts";
import { Jid } from "../../../xmpp/jid.ts";
import { message } from "../../../xmpp/stanza.ts";

/** Bytes of results in one page of a module, but for one result that has more. */
const PAGE = 256 * 1024;

export interface PageOptions {
  readonly component: Jid;
  send(stanza: Element): Promise<void>;
}

/** Pushes all in as few pages as their size allows, to the module that delegated the request under this id. */
export function pushPages({ component, send }: PageOptions, id: string): Push {
  return async (payloads, { from, to }) => {
    const server = Jid.parse(to.domain);
    const envelope = new Envelope((payload) => message(to, from, payload));
    const messages = payloads.map((payload) => serialize(envelope.around(payload)));
    for (const part of pagesOf(messages)) await send(message(component, server, page.write({ request: id, ...part })));
  };
}

function* pagesOf(messages: readonly string[]): Generator<Omit<ResultPage, "request">> {
  let text = "";
  let sizes: number[] = [];
  let size = 0;
  for (const each of messages) {
    const bytes = Buffer.byteLength(each);
    if (size > 0 && size + bytes > PAGE) {
      yield { text, sizes };
      text = "";
      sizes = [];
      size = 0;
    }
    text += each;
    sizes.push(bytes);
    size += bytes;
  }
  if (size > 0) yield { text, sizes };
}
