/**
 * Component for the module's tests that sends what a test tells it, well or badly.
 *
 * @module
 */
import { CONVERSATION } from "../../src/plugins/mam/conversation.ts";
import { settings } from "../../src/wire/companion.ts";
import { handshake, streamHeader } from "../../src/stream/handshake.ts";
import { type Element, xml } from "../../src/xml/element.ts";
import { Reader, SIZE_ONLY } from "../../src/xml/reader.ts";
import { Inbox } from "./inbox.ts";
import type { Match } from "./client.ts";
import type { Site } from "./servers/site.ts";

/** Milliseconds to wait for what the server must do: long enough for a machine under load. */
const PATIENCE = 20_000;

const NS = "annals:companion";

/** A message as it was handed over. */
export interface Entry {
  readonly at: string;
  readonly sent?: string;
  readonly received?: string;
  readonly "sent-if"?: string;
  readonly "received-if"?: string;
  /** The serialised message. */
  readonly text: string;
}

/** Answer to a greeting. */
export interface Welcome {
  /** Default `true`. */
  readonly policy?: string;
  readonly newest?: string;
}

/** One connection to a server, recognised as its component. */
export class ScriptedComponent implements AsyncDisposable {
  /** Stanzas that came and were not taken. */
  readonly inbox = new Inbox<Element>();
  readonly #connection: Deno.TcpConn;
  readonly #reading: Promise<void>;
  readonly #host: string;
  #streamId = "";
  #writing: Promise<void> = Promise.resolve();

  private constructor(connection: Deno.TcpConn, readonly site: Site) {
    this.#connection = connection;
    this.#host = site.hosts[0] ?? "";
    this.#reading = this.#read();
  }

  /** Connects and is recognised; the greeting of each host comes next. */
  static async connect(site: Site): Promise<ScriptedComponent> {
    const connection = await Deno.connect({ hostname: "127.0.0.1", port: site.componentPort });
    connection.setNoDelay(true);
    const component = new ScriptedComponent(connection, site);
    await component.send(streamHeader(site.component));
    await component.hear((stanza) => stanza.is("opened"), "the stream's header");
    await component.send(handshake(component.#streamId, site.secret));
    await component.hear((stanza) => stanza.is("handshake"), "the server to recognise it");
    return component;
  }

  /** Connects and welcomes the module of the first host. */
  static async welcomed(site: Site, welcome?: Welcome): Promise<ScriptedComponent> {
    const component = await ScriptedComponent.connect(site);
    await component.welcome(welcome);
    return component;
  }

  /** Answers the greeting. */
  async welcome({ policy = "true", newest = "0" }: Welcome = {}): Promise<void> {
    const greeting = await this.greeting();
    const { children: [, ...keep] } = settings.write({ policy: true, strip: [""], conversation: CONVERSATION });
    await this.answer(
      greeting,
      `<greeting xmlns='${NS}' version='1' newest='${newest}'><feature var='urn:xmpp:mam:2'/>` +
        `<feature var='urn:example:more'/><settings policy='${policy}'>` +
        `<strip namespace='http://jabber.org/protocol/chatstates'/>${keep.join("")}</settings></greeting>`,
    );
  }

  greeting(): Promise<Element> {
    return this.asked("greeting");
  }

  /** The next request with this payload. */
  asked(payload: string): Promise<Element> {
    return this.hear(
      (stanza) => stanza.is("iq") && stanza.getChild(payload, NS) !== undefined,
      `a request: ${payload}`,
    );
  }

  /** Answers a request with a payload. */
  async answer(request: Element, payload: string): Promise<void> {
    await this.send(`<iq type='result' ${this.#addresses(request)}>${payload}</iq>`);
  }

  /** Answers a request with an error. */
  async refuse(request: Element, condition: string, text: string): Promise<void> {
    await this.send(
      `<iq type='error' ${this.#addresses(request)}><error type='cancel'>` +
        `<${condition} xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/>` +
        `<text xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'>${text}</text></error></iq>`,
    );
  }

  /** Says something to the host, in a message. */
  async tell(payload: string): Promise<void> {
    await this.send(`<message from='${this.site.component}' to='${this.#host}'>${payload}</message>`);
  }

  async acknowledge(seq: number | string): Promise<void> {
    await this.tell(`<ack xmlns='${NS}' seq='${seq}'/>`);
  }

  /** Returns the module's next payload of a kind, `batch` or `deleted`. */
  async told(kind: string): Promise<Element> {
    const stanza = await this.hear((stanza) => stanza.getChild(kind, NS) !== undefined, `a ${kind}`);
    return stanza.getChild(kind, NS) ?? stanza;
  }

  /** Waits until the server has dealt with what was sent, by a round trip. */
  async settle(): Promise<void> {
    await this.send(
      `<iq type='get' id='settle' from='${this.site.component}' to='${this.#host}'>` +
        `<query xmlns='http://jabber.org/protocol/disco#info'/></iq>`,
    );
    await this.hear((stanza) => stanza.attrs.id === "settle", "the answer of the host");
  }

  /** Takes batches, and acknowledges each, until there are so many entries. */
  async entries(count: number): Promise<Entry[]> {
    const entries: Entry[] = [];
    while (entries.length < count) {
      const batch = await this.told("batch");
      entries.push(...entriesOf(batch));
      await this.acknowledge(batch.attrs.seq ?? "");
    }
    return entries;
  }

  /** The first stanza that matches, of those that came or else of those to come. */
  hear(match: Match, what: string): Promise<Element> {
    return this.inbox.take(match, what, PATIENCE);
  }

  /** Sends XML as it is. */
  send(xml: string): Promise<void> {
    const bytes = new TextEncoder().encode(xml);
    this.#writing = this.#writing.then(async () => {
      for (let written = 0; written < bytes.length;) written += await this.#connection.write(bytes.subarray(written));
    });
    return this.#writing;
  }

  /** Ends the connection without a word. */
  async [Symbol.asyncDispose](): Promise<void> {
    try {
      this.#connection.close();
    } catch (error) {
      if (!(error instanceof Deno.errors.BadResource)) throw error;
    }
    await this.#reading;
  }

  #addresses({ attrs }: Element): string {
    return `id='${attrs.id}' from='${attrs.to}' to='${attrs.from}'`;
  }

  async #read(): Promise<void> {
    const reader = new Reader({
      open: (header) => {
        this.#streamId = header.attrs.id ?? "";
        this.inbox.put(xml("opened"));
      },
      element: (stanza) => this.inbox.put(stanza),
      close: () => {},
    }, { maxStanzaSize: Infinity, ...SIZE_ONLY });
    const decoder = new TextDecoder();
    const buffer = new Uint8Array(65_536);
    try {
      for (let count; (count = await this.#connection.read(buffer)) !== null;) {
        reader.push(decoder.decode(buffer.subarray(0, count), { stream: true }));
      }
    } catch (error) {
      const expected = [Deno.errors.BadResource, Deno.errors.ConnectionReset, Deno.errors.Interrupted];
      if (!expected.some((kind) => error instanceof kind)) throw error;
    } finally {
      this.inbox.close(new Error("The server has ended the connection"));
    }
  }
}

/** The entries of a batch. */
export function entriesOf(batch: Element): Entry[] {
  return batch.getChildren("entry").map((entry) => ({ at: "", ...entry.attrs, text: entry.getText() }));
}
