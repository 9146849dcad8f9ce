/**
 * Pushes of a handler, which reach the requester ahead of the reply.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { page, type ResultPage } from "../wire/companion_page.ts";
import { writePrivileged } from "../wire/xep0356.ts";
import type { Element } from "../xml/element.ts";
import { serialize } from "../xml/writer.ts";
import { Jid } from "../xmpp/jid.ts";
import { message } from "../xmpp/stanza.ts";
import { Envelope } from "./envelope.ts";
import type { Grants } from "./grants.ts";
import type { Request } from "./plugin.ts";

/** Bytes of results in one page of a module, but for one result that has more. */
const PAGE = 256 * 1024;

/** Sends each payload to the requester. Resolves when there is room for more. */
export type Push = (payloads: readonly Element[], request: Request) => Promise<void>;

export interface PushOptions {
  readonly component: Jid;
  readonly grants: Grants;
  send(stanza: Element): Promise<void>;
}

/** One message each, from who was asked. */
export function pushDirectly({ send }: PushOptions): Push {
  return async (payloads, { from, to }) => {
    const envelope = new Envelope((payload) => message(to, from, payload));
    for (const payload of payloads) await send(envelope.around(payload));
  };
}

/** XEP-0356 §"Message Permission": the same in the name of an account, by the grant of its server. */
export function pushPrivileged({ component, grants, send }: PushOptions): Push {
  return async (payloads, { from, to }) => {
    const xmlns = grants.messagePrivilege(to.domain);
    if (xmlns === undefined) {
      throw new Error(
        `Cannot send messages for accounts of ${to.domain}: it has not granted the "message" privilege`,
      );
    }
    const server = Jid.parse(to.domain);
    const envelope = new Envelope((payload) => (
      message(component, server, writePrivileged(xmlns, message(to.toBare(), from, payload)))
    ));
    for (const payload of payloads) await send(envelope.around(payload));
  };
}

/** All in as few pages as their size allows, to the module that delegated the request under this id. */
export function pushPages({ component, send }: PushOptions, id: string): Push {
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
