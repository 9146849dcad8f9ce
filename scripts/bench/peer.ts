/**
 * The server's half of a component stream (XEP-0114) over loopback TCP, for loads that no real server makes.
 *
 * It shares the machine with what it measures, so it looks at what it hears for certain marks only.
 *
 * @module
 */
import { settle, type Site } from "../../tests/support/servers/site.ts";
import { freePorts } from "../../tests/support/ports.ts";
import { handshake } from "../../src/stream/handshake.ts";
import { discoInfo } from "../../src/wire/xep0030.ts";
import { queryArchive } from "../../src/wire/xep0313.ts";
import { NS as NS_MAM } from "../../src/wire/xep0313_form.ts";
import { NS as NS_DELEGATION, writeDelegated } from "../../src/wire/xep0355.ts";
import { NS as NS_PRIVILEGE } from "../../src/wire/xep0356.ts";
import { type Element, xml } from "../../src/xml/element.ts";
import { serialize } from "../../src/xml/writer.ts";

const STREAM_ID = "3BF96D32";

/** End of the answer to a delegated request, and of nothing else. */
const ANSWER_END = "</delegation></iq>";

/** Milliseconds between the blanks without which a component asks whether the server is still there. */
const KEEP_ALIVE = 20_000;

/** A page of an archive. */
export interface PageRequest {
  /** Bare JID. */
  readonly owner: string;
  readonly max: number;
  /** The id that the page precedes; `""` for the newest page. */
  readonly before: string;
}

/** A server with one host and nothing to it but its component. */
export class Peer implements AsyncDisposable {
  readonly site: Site;
  readonly #listener: Deno.TcpListener;
  readonly #encoder = new TextEncoder();
  #connection: Deno.TcpConn | undefined;
  #reading: Promise<void> = Promise.resolve();
  #writing: Promise<void> = Promise.resolve();
  #keepAlive: ReturnType<typeof setInterval> | undefined;
  /** Text that was heard and not asked for yet, and the index up to which it was searched. */
  #heard = "";
  #searched = 0;
  #changed = Promise.withResolvers<void>();
  #over = false;

  constructor() {
    const [componentPort = 0] = freePorts(1);
    this.site = settle({}, { folder: "", clientPort: 0, componentPort });
    this.#listener = Deno.listen({ hostname: "127.0.0.1", port: componentPort });
  }

  get host(): string {
    return this.site.hosts[0] ?? "";
  }

  /** Waits for the component, recognises it, asks for its features, and grants what an archive needs. */
  async welcome(): Promise<void> {
    this.#connection = await this.#listener.accept();
    this.#connection.setNoDelay(true);
    this.#reading = this.#read(this.#connection);
    this.#keepAlive = setInterval(() => this.say(" "), KEEP_ALIVE);
    const { component, secret } = this.site;
    await this.hear("<stream:stream");
    await this.hear(">");
    await this.say(
      `<?xml version='1.0'?><stream:stream xmlns='jabber:component:accept' ` +
        `xmlns:stream='http://etherx.jabber.org/streams' id='${STREAM_ID}' from='${component}'>`,
    );
    const proof = await this.hear("</handshake>");
    if (!proof.endsWith(handshake(STREAM_ID, secret))) throw new Error("The component does not know the secret");
    await this.say("<handshake/>");
    for (const node of [`${NS_DELEGATION}::${NS_MAM}`, `${NS_DELEGATION}:bare:${NS_MAM}`]) {
      await this.#tell("iq", { type: "get", id: node }, discoInfo.query.write({ node }));
      await this.hear("</iq>");
    }
    await this.#tell(
      "message",
      {},
      xml("delegation", { xmlns: NS_DELEGATION }, xml("delegated", { namespace: NS_MAM })),
    );
    const outgoing = xml("perm", { access: "message", type: "outgoing" });
    await this.#tell("message", {}, xml("privilege", { xmlns: NS_PRIVILEGE }, outgoing));
  }

  /** Sends text as it is; resolves when the component's side has taken it. */
  say(text: string | Uint8Array): Promise<void> {
    const bytes = typeof text === "string" ? this.#encoder.encode(text) : text;
    this.#writing = this.#writing.then(() => this.#write(bytes));
    return this.#writing;
  }

  /** Returns the component's text up to and including a mark. */
  async hear(mark: string): Promise<string> {
    for (;;) {
      const at = this.#heard.indexOf(mark, this.#searched);
      if (at >= 0) {
        const end = at + mark.length;
        const heard = this.#heard.slice(0, end);
        this.#heard = this.#heard.slice(end);
        this.#searched = 0;
        return heard;
      }
      if (this.#over) throw new Error(`The component has gone; waited for ${mark}`);
      this.#searched = Math.max(0, this.#heard.length - mark.length);
      await this.#changed.promise;
    }
  }

  /** Asks for pages, all at once, and hears the answers: results and what ends them, as they came. */
  async pages(requests: readonly PageRequest[]): Promise<string> {
    await Promise.all(requests.map((request) => this.#ask(request)));
    let answers = "";
    for (let left = requests.length; left > 0; left--) answers += await this.hear(ANSWER_END);
    if (answers.includes("<error")) throw new Error("The component refused a page");
    return answers;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#keepAlive);
    this.#listener.close();
    await this.#writing.catch(() => {});
    this.#connection?.close();
    await this.#reading;
  }

  async #ask({ owner, max, before }: PageRequest): Promise<void> {
    const query = queryArchive.query.write({ queryid: "q", flip: false, set: { max, before } });
    const from = `${owner}/phone`;
    const iq = xml("iq", { xmlns: "jabber:client", type: "set", id: "page", from, to: owner }, query);
    await this.#tell("iq", { type: "set", id: "delegated" }, writeDelegated(NS_DELEGATION, iq));
  }

  #tell(name: string, attrs: Readonly<Record<string, string>>, payload: Element): Promise<void> {
    return this.say(serialize(xml(name, { from: this.host, to: this.site.component, ...attrs }, payload)));
  }

  async #write(bytes: Uint8Array): Promise<void> {
    for (let sent = 0; sent < bytes.length;) sent += await this.#connection?.write(bytes.subarray(sent)) ?? 0;
  }

  async #read(connection: Deno.TcpConn): Promise<void> {
    const decoder = new TextDecoder();
    const buffer = new Uint8Array(262_144);
    try {
      for (let count; (count = await connection.read(buffer)) !== null;) {
        this.#heard += decoder.decode(buffer.subarray(0, count), { stream: true });
        this.#change();
      }
    } catch (error) {
      if (!(error instanceof Deno.errors.BadResource || error instanceof Deno.errors.Interrupted)) throw error;
    } finally {
      this.#over = true;
      this.#change();
    }
  }

  #change(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers();
  }
}
