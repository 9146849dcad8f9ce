/**
 * A small XMPP client for tests and benchmarks: it logs in, says what it is told to say, and hands out what comes.
 *
 * @module
 */
import { delay } from "@std/async/delay";
import { type Element, xml } from "../../src/xml/element.ts";
import { Reader, SIZE_ONLY } from "../../src/xml/reader.ts";
import { Inbox } from "./inbox.ts";
import { PASSWORD, type Server } from "./servers/server.ts";

/** Options of a login. */
export interface LoginOptions {
  /** Virtual host of the account; default the server's first. */
  readonly host?: string;
  /** Default: the server chooses. */
  readonly resource?: string;
  /** True to become available; default true. */
  readonly presence?: boolean;
  /** The session to take up again, in place of a new one. */
  readonly resume?: { readonly id: string; readonly handled: number };
}

/** Condition on stanzas. */
export type Match = (stanza: Element) => boolean;

const TIMEOUT_MILLISECONDS = 10_000;
const FAREWELL_MILLISECONDS = 2_000;

const NS = {
  bind: "urn:ietf:params:xml:ns:xmpp-bind",
  carbons: "urn:xmpp:carbons:2",
  management: "urn:xmpp:sm:3",
  ping: "urn:xmpp:ping",
  sasl: "urn:ietf:params:xml:ns:xmpp-sasl",
};

/** One session of one user. */
export class Client implements AsyncDisposable {
  readonly #connection: Deno.TcpConn;
  readonly #host: string;
  readonly #encoder = new TextEncoder();
  readonly #inbox = new Inbox<Element>();
  readonly #reading: Promise<void>;
  #reader: Reader;
  #writing: Promise<void> = Promise.resolve();
  #take: ((chunk: string) => void) | undefined;
  #jid = "";
  #lastId = 0;
  #handled = 0;

  private constructor(connection: Deno.TcpConn, host: string) {
    this.#connection = connection;
    this.#host = host;
    this.#reader = this.#newReader();
    this.#reading = this.#read();
  }

  /** Connects and authenticates (SASL PLAIN), binds a resource and becomes available. */
  static async login(server: Server, user: string, options: LoginOptions = {}): Promise<Client> {
    const connection = await Deno.connect({ hostname: "127.0.0.1", port: server.site.clientPort });
    connection.setNoDelay(true);
    const client = new Client(connection, options.host ?? server.host);
    try {
      await client.#negotiate(user, options);
      return client;
    } catch (cause) {
      await client[Symbol.asyncDispose]();
      throw new Error(`Cannot log in as ${user}@${client.#host}`, { cause });
    }
  }

  /** The full JID. */
  get jid(): string {
    return this.#jid;
  }

  /** The bare JID. */
  get account(): string {
    return this.#jid.slice(0, this.#jid.indexOf("/"));
  }

  /** Stanzas that came and were not received yet. */
  get pending(): readonly Element[] {
    return this.#inbox.held;
  }

  /** Sends XML as it is. */
  send(stanza: Element | string): Promise<void> {
    const bytes = this.#encoder.encode(String(stanza));
    this.#writing = this.#writing.then(() => this.#write(bytes));
    return this.#writing;
  }

  /** The first stanza that matches, of those that came and were not received yet, or else of those to come. */
  receive(match: Match, what = "a stanza", timeout = TIMEOUT_MILLISECONDS): Promise<Element> {
    return this.#inbox.take(match, `${what} (${this.#jid})`, timeout);
  }

  /** Collects the stanzas that match before the one that ends it; returns them and that one. */
  collect(match: Match, end: Match, what: string, timeout = TIMEOUT_MILLISECONDS): Promise<[Element[], Element]> {
    return this.#inbox.collect(match, end, `${what} (${this.#jid})`, timeout);
  }

  /** The next message with this body. */
  message(body: string): Promise<Element> {
    return this.receive((stanza) => stanza.is("message") && stanza.getChildText("body") === body, `"${body}"`);
  }

  /**
   * Resolves when `text` has come `times` times. What comes until then is not read: for loads where reading every
   * stanza would be the larger part of the work. `text` is ASCII, and what comes ends with a stanza.
   */
  async count(text: string, times: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    let left = times;
    let rest = "";
    this.#take = (chunk) => {
      const seen = rest + chunk;
      for (let at = 0; (at = seen.indexOf(text, at)) >= 0; at += text.length) left--;
      // Shorter than `text`, so that nothing is counted twice.
      rest = seen.slice(Math.max(0, seen.length - text.length + 1));
      if (left <= 0) resolve();
    };
    await promise;
    this.#take = undefined;
  }

  /** Takes everything that has come. */
  drain(): Element[] {
    return this.#inbox.drain();
  }

  /** Sends a request; the reply may be of type `result` or `error`. */
  async request(type: "get" | "set", payload: Element | string, to?: string): Promise<Element> {
    const id = this.uniqueId();
    const address = to === undefined ? "" : ` to='${to}'`;
    await this.send(`<iq type='${type}' id='${id}'${address}>${payload}</iq>`);
    return await this.receive((stanza) => stanza.is("iq") && stanza.attrs.id === id, `the reply to ${payload}`);
  }

  /** An id that this client has not used yet. */
  uniqueId(): string {
    return `c${++this.#lastId}`;
  }

  /** Resolves when the server has dealt with everything sent before, and what it had sent by then has come. */
  async settle(): Promise<void> {
    await this.request("get", xml("ping", { xmlns: NS.ping }), this.#host);
  }

  /** XEP-0280: copies of what the account's other sessions send and receive. */
  async enableCarbons(): Promise<void> {
    const reply = await this.request("set", xml("enable", { xmlns: NS.carbons }));
    if (reply.attrs.type !== "result") throw new Error(`Cannot enable carbons: ${reply}`);
  }

  /** XEP-0198 §3: from here on the session can be resumed; returns what it is resumed by. */
  async enableResumption(): Promise<string> {
    await this.send(xml("enable", { xmlns: NS.management, resume: "true" }));
    this.#handled = 0;
    const enabled = await this.receive((stanza) => stanza.getNS() === NS.management, "stream management");
    if (!enabled.is("enabled")) throw new Error(`Cannot enable stream management: ${enabled}`);
    return enabled.attrs.id ?? "";
  }

  /** XEP-0198 §4: how many stanzas have come since the session can be resumed. */
  get handled(): number {
    return this.#handled;
  }

  /** Breaks the connection, without a word. */
  async cut(): Promise<void> {
    this.#connection.close();
    await this.#reading;
  }

  /** Ends the stream (RFC 6120 §4.4), and the connection once the server has ended it too. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#inbox.close(new Error(`The session of ${this.#jid} is over`));
    const closed = new AbortController();
    const patience = delay(FAREWELL_MILLISECONDS, { signal: closed.signal }).catch(() => {});
    await this.send("</stream:stream>").catch(() => {});
    await Promise.race([this.#reading, patience]);
    closed.abort();
    try {
      this.#connection.close();
    } catch (error) {
      if (!(error instanceof Deno.errors.BadResource)) throw error;
    }
    await this.#reading;
  }

  async #negotiate(user: string, { resource, presence = true, resume }: LoginOptions): Promise<void> {
    await this.#open();
    const secret = new TextEncoder().encode(`\0${user}\0${PASSWORD}`).toBase64();
    await this.send(xml("auth", { xmlns: NS.sasl, mechanism: "PLAIN" }, secret));
    const outcome = await this.receive((stanza) => stanza.getNS() === NS.sasl, "the outcome of SASL");
    if (!outcome.is("success")) throw new Error(`The server refuses the password: ${outcome}`);
    // RFC 6120 §6.4.6: from here on the stream is another one.
    this.#reader = this.#newReader();
    await this.#open();
    if (resume !== undefined) return await this.#resume(resume);
    const wanted = resource === undefined ? undefined : xml("resource", {}, resource);
    const bound = await this.request("set", xml("bind", { xmlns: NS.bind }, wanted));
    this.#jid = bound.getChild("bind", NS.bind)?.getChildText("jid") ?? "";
    if (this.#jid === "") throw new Error(`The server binds no resource: ${bound}`);
    if (!presence) return;
    await this.send(xml("presence"));
    // The server sends one's own presence back: from then on messages come to this session.
    await this.receive((stanza) => stanza.is("presence") && stanza.attrs.from === this.#jid, "its own presence");
  }

  async #resume({ id, handled }: { readonly id: string; readonly handled: number }): Promise<void> {
    await this.send(xml("resume", { xmlns: NS.management, previd: id, h: String(handled) }));
    const outcome = await this.receive((stanza) => stanza.getNS() === NS.management, "the session");
    if (!outcome.is("resumed")) throw new Error(`The server does not resume the session: ${outcome}`);
  }

  async #open(): Promise<void> {
    await this.send(
      `<?xml version='1.0'?><stream:stream xmlns='jabber:client' version='1.0' to='${this.#host}' ` +
        `xmlns:stream='http://etherx.jabber.org/streams'>`,
    );
    await this.receive((stanza) => stanza.getName() === "features", "the stream's features");
  }

  #newReader(): Reader {
    return new Reader({ open: () => {}, element: (stanza) => this.#put(stanza), close: () => {} }, SIZE_ONLY);
  }

  #put(stanza: Element): void {
    if (["message", "presence", "iq"].includes(stanza.getName())) this.#handled++;
    this.#inbox.put(stanza);
  }

  async #write(bytes: Uint8Array): Promise<void> {
    for (let written = 0; written < bytes.length;) written += await this.#connection.write(bytes.subarray(written));
  }

  async #read(): Promise<void> {
    const decoder = new TextDecoder();
    const buffer = new Uint8Array(65_536);
    try {
      for (let count; (count = await this.#connection.read(buffer)) !== null;) {
        const chunk = decoder.decode(buffer.subarray(0, count), { stream: true });
        if (this.#take === undefined) this.#reader.push(chunk);
        else this.#take(chunk);
      }
      this.#inbox.close(new Error(`The server closed the stream of ${this.#jid}`));
    } catch (cause) {
      this.#inbox.close(new Error(`The stream of ${this.#jid} broke`, { cause }));
    }
  }
}
