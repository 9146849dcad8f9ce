/**
 * A client that shares no code with Annals: xmpp.js.
 *
 * @module
 */
// @ts-types="./xmpp_client.d.ts"
import { client, xml, type XmppClient } from "@xmpp/client";
import type { Element } from "../../src/xml/ltx.d.ts";
import { Inbox } from "./inbox.ts";
import { PASSWORD, type Server } from "./servers/server.ts";

const NS_MAM = "urn:xmpp:mam:2";
const NS_RSM = "http://jabber.org/protocol/rsm";
const TIMEOUT_MILLISECONDS = 10_000;

/** A message as the archive has it. */
export interface Remembered {
  /** Archive id. */
  readonly id: string;
  /** XEP-0082. */
  readonly stamp: string;
  readonly from: string;
  readonly to: string;
  readonly body: string;
  /** Names of the other payloads. */
  readonly payloads: readonly string[];
}

/** A page of one's own archive. */
export interface RememberedPage {
  readonly messages: readonly Remembered[];
  readonly complete: boolean;
  readonly last: string | undefined;
}

/** A session of xmpp.js. */
export class IndependentClient implements AsyncDisposable {
  readonly #inbox = new Inbox<Element>();
  readonly #xmpp: XmppClient;

  private constructor(readonly jid: string, readonly account: string, xmpp: XmppClient) {
    this.#xmpp = xmpp;
    xmpp.on("stanza", (stanza) => this.#inbox.put(stanza));
  }

  static async login(server: Server, user: string, resource: string): Promise<IndependentClient> {
    const account = `${user}@${server.host}`;
    const xmpp = client({
      service: `xmpp://127.0.0.1:${server.site.clientPort}`,
      domain: server.host,
      username: user,
      password: PASSWORD,
      resource,
    });
    xmpp.reconnect.stop();
    const broken = new Promise<never>((_, reject) => xmpp.on("error", reject));
    broken.catch(() => {});
    const session = new IndependentClient(`${account}/${resource}`, account, xmpp);
    await Promise.race([xmpp.start(), broken]);
    await xmpp.send(xml("presence"));
    await session.#next((stanza) => stanza.is("presence") && stanza.attrs.from === session.jid, "its own presence");
    return session;
  }

  /** Says something to somebody. */
  async say(to: string, body: string, ...payloads: readonly Element[]): Promise<void> {
    await this.#xmpp.send(xml("message", { to, type: "chat" }, xml("body", {}, body), ...payloads));
  }

  /** Resolves when somebody has said that here, with the archive id that it carried (XEP-0359). */
  async hear(body: string): Promise<string | undefined> {
    const heard = (stanza: Element): boolean => stanza.is("message") && stanza.getChildText("body") === body;
    const message = await this.#next(heard, `"${body}"`);
    const ids = message.getChildren("stanza-id", "urn:xmpp:sid:0");
    return ids.find(({ attrs }) => attrs.by === this.account)?.attrs.id;
  }

  /** Resolves when the server has dealt with what was sent before. */
  async settle(): Promise<void> {
    await this.#ask("get", xml("ping", { xmlns: "urn:xmpp:ping" }));
  }

  /** XEP-0313 §4.3: the page after an archive id, or the first one. */
  async remember(max: number, after?: string): Promise<RememberedPage> {
    const set = xml("set", { xmlns: NS_RSM }, xml("max", {}, String(max)));
    if (after !== undefined) set.cnode(xml("after", {}, after));
    const reply = await this.#ask("set", xml("query", { xmlns: NS_MAM, queryid: "page" }, set));
    const fin = reply.getChild("fin", NS_MAM);
    return {
      messages: this.#inbox.drain().flatMap((stanza) => stanza.getChild("result", NS_MAM) ?? []).map(remembered),
      complete: fin?.attrs.complete === "true",
      last: fin?.getChild("set", NS_RSM)?.getChildText("last") ?? undefined,
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#inbox.close(new Error(`The session of ${this.jid} is over`));
    await this.#xmpp.stop();
  }

  #next(match: (stanza: Element) => boolean, what: string): Promise<Element> {
    return this.#inbox.take(match, `${what} (${this.jid})`, TIMEOUT_MILLISECONDS);
  }

  #ask(type: "get" | "set", payload: Element): Promise<Element> {
    return this.#xmpp.iqCaller.request(xml("iq", { type }, payload), TIMEOUT_MILLISECONDS);
  }
}

function remembered(result: Element): Remembered {
  const forwarded = result.getChild("forwarded", "urn:xmpp:forward:0");
  const message = forwarded?.getChild("message", "jabber:client");
  const others = message?.getChildElements().map((child) => child.getName()).filter((name) => name !== "body") ?? [];
  return {
    id: result.attrs.id ?? "",
    stamp: forwarded?.getChild("delay", "urn:xmpp:delay")?.attrs.stamp ?? "",
    from: message?.attrs.from ?? "",
    to: message?.attrs.to ?? "",
    body: message?.getChildText("body") ?? "",
    payloads: others,
  };
}
