/**
 * A server that does what a test tells it, well or badly, to Annals as a process: the other end of its component stream, over
 * TCP.
 *
 * @module
 */
import type { Element } from "../../src/xml/element.ts";
import { Reader, SIZE_ONLY } from "../../src/xml/reader.ts";
import { answerIn, COMPONENT, GRANTS, HOST, query, type Recalled, request, resultIn } from "./handed_over.ts";
import { Inbox } from "./inbox.ts";
import type { Site } from "./servers/site.ts";

/** Milliseconds to wait for what Annals must do: long enough for a machine under load. */
const PATIENCE = 60_000;

/** The port for components, and who connects there. */
export class ScriptedServer implements AsyncDisposable {
  readonly site: Site;
  readonly #listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  readonly #arrived = new Inbox<ServerStream>();
  readonly #streams: ServerStream[] = [];
  readonly #accepting: Promise<void>;

  constructor() {
    this.site = {
      hosts: [HOST],
      component: COMPONENT,
      secret: "s3cret",
      archive: "annals",
      accounts: [],
      folder: "",
      clientPort: 0,
      componentPort: this.#listener.addr.port,
    };
    this.#accepting = this.#accept();
  }

  /** The next connection; nothing was said on it yet. */
  next(): Promise<ServerStream> {
    return this.#arrived.take(() => true, "Annals to connect", PATIENCE);
  }

  /** The next connection, when Annals was recognised on it and given what it needs. */
  async welcome(): Promise<ServerStream> {
    const stream = await this.next();
    await stream.welcome();
    return stream;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    await this.#accepting;
    for (const stream of this.#streams) await stream.hangUp();
  }

  async #accept(): Promise<void> {
    for await (const connection of this.#listener) {
      const stream = new ServerStream(connection);
      this.#streams.push(stream);
      this.#arrived.put(stream);
    }
  }
}

/** Results of a page, and its end. */
export interface RecalledPage {
  readonly messages: readonly Recalled[];
  /** The inner IQ that ended it. */
  readonly iq: Element;
}

/** One connection of Annals. */
export class ServerStream {
  /** Stanzas of Annals that nobody has asked for. */
  readonly inbox = new Inbox<Element>();
  /** Resolves when Annals has ended the connection, and all that it said was read. */
  readonly ended: Promise<void>;
  readonly #connection: Deno.TcpConn;
  #mayRead: Promise<void> = Promise.resolve();
  #writing: Promise<void> = Promise.resolve();
  #lastId = 0;

  constructor(connection: Deno.TcpConn) {
    this.#connection = connection;
    connection.setNoDelay(true);
    this.ended = this.#read();
  }

  /** Opens its half of the stream, recognises Annals whatever it says, and grants it what it needs. */
  async welcome(): Promise<void> {
    await this.send(
      `<?xml version='1.0'?><stream:stream xmlns='jabber:component:accept' id='3BF96D32' from='${COMPONENT}' ` +
        `xmlns:stream='http://etherx.jabber.org/streams'>`,
    );
    await this.hear((stanza) => stanza.getName() === "handshake", "Annals to prove the secret");
    await this.send(`<handshake/>${GRANTS}`);
  }

  /** Sends text or bytes as they are; resolves when the system has taken them. */
  send(what: string | Uint8Array): Promise<void> {
    const bytes = typeof what === "string" ? new TextEncoder().encode(what) : what;
    this.#writing = this.#writing.then(async () => {
      for (let sent = 0; sent < bytes.length;) sent += await this.#connection.write(bytes.subarray(sent));
    });
    return this.#writing;
  }

  /** The first stanza that matches, of those that came or else of those to come. */
  hear(match: (stanza: Element) => boolean, what: string): Promise<Element> {
    return this.inbox.take(match, what, PATIENCE);
  }

  /** Takes nothing of what Annals sends, until what is returned is called. */
  stall(): () => void {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#mayRead = promise;
    return resolve;
  }

  /** A user's request to the own account; resolves to the answer that the user gets. */
  async ask(user: string, type: "get" | "set", payload: string): Promise<Element> {
    const id = this.uniqueId();
    const answer = this.answer(id);
    await this.send(request(id, user, type, payload));
    return await answer;
  }

  /** The answer that a user gets to the request of an id. */
  async answer(id: string): Promise<Element> {
    const [answer] = await this.answers([id]);
    if (answer === undefined) throw new Error(`Found no answer to ${id}`);
    return answer;
  }

  /** The answers that users get to the requests of these ids, of those to come, in their order. */
  async answers(ids: readonly string[]): Promise<Element[]> {
    const missing = new Set(ids);
    const [most, last] = await this.inbox.collect(
      (stanza) => missing.delete(answerIn(stanza)?.attrs.id ?? ""),
      (stanza) => missing.size === 1 && missing.has(answerIn(stanza)?.attrs.id ?? ""),
      `the answers to ${ids.length} requests`,
      PATIENCE,
    );
    return [...most, last].map((stanza) => answerIn(stanza) ?? stanza);
  }

  /** A page of a user's archive. */
  async page(user: string, position: { max?: number; after?: string } = {}): Promise<RecalledPage> {
    const id = this.uniqueId();
    const whole = this.inbox.collect(
      (stanza) => resultIn(stanza)?.queryid === id,
      (stanza) => answerIn(stanza)?.attrs.id === id,
      `a page of ${user}'s archive`,
      PATIENCE,
    );
    await this.send(query(id, user, position));
    const [results, last] = await whole;
    return { messages: results.flatMap((stanza) => resultIn(stanza) ?? []), iq: answerIn(last) ?? last };
  }

  /** The whole archive of a user, page after page. */
  async archive(user: string): Promise<Recalled[]> {
    const messages: Recalled[] = [];
    let after: string | undefined;
    while (true) {
      const page = await this.page(user, { max: 1000, ...after !== undefined && { after } });
      if (page.iq.attrs.type !== "result") throw new Error(`Cannot read the archive of ${user}: ${page.iq}`);
      messages.push(...page.messages);
      after = page.messages.at(-1)?.id;
      if (after === undefined || page.iq.getChild("fin", "urn:xmpp:mam:2")?.attrs.complete === "true") return messages;
    }
  }

  uniqueId(): string {
    return `s${++this.#lastId}`;
  }

  /** Ends the connection without a word. */
  async hangUp(): Promise<void> {
    this.#end();
    await this.ended;
  }

  #end(): void {
    try {
      this.#connection.close();
    } catch (error) {
      if (!(error instanceof Deno.errors.BadResource)) throw error;
    }
  }

  async #read(): Promise<void> {
    const reader = new Reader({
      open: () => {},
      element: (stanza) => this.inbox.put(stanza),
      // RFC 6120 §4.4: a server that is well ends its half of the stream too.
      close: () => this.#end(),
    }, { maxStanzaSize: Infinity, ...SIZE_ONLY });
    const decoder = new TextDecoder();
    const buffer = new Uint8Array(65_536);
    try {
      while (true) {
        await this.#mayRead;
        const count = await this.#connection.read(buffer);
        if (count === null) break;
        reader.push(decoder.decode(buffer.subarray(0, count), { stream: true }));
      }
    } catch (error) {
      if (!(isEnd(error))) throw error;
    } finally {
      this.inbox.close(new Error("Annals has ended the connection"));
    }
  }
}

/** Reports whether an error says no more than that the connection is gone. */
function isEnd(error: unknown): boolean {
  return [Deno.errors.BadResource, Deno.errors.ConnectionReset, Deno.errors.Interrupted].some((kind) =>
    error instanceof kind
  );
}
