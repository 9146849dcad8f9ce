/** Promises to modules that a dialogue cannot show: of a store that fails, of options that change, of order. */
import { assertEquals } from "@std/assert";
import { type Component, startComponent } from "../../../runtime/component.ts";
import { loadConfig } from "../../../runtime/load_config.ts";
import { memoryLog } from "../../../log/log.ts";
import type { ArchiveStore, NewMessage } from "../../../store/archive.ts";
import { createIdGenerator, formatArchiveId } from "../../../store/id.ts";
import { openMemoryStore } from "../../../store/memory/mod.ts";
import { readXml } from "../../../../tests/support/codec.ts";
import { Inbox } from "../../../../tests/support/inbox.ts";
import { greet } from "../../../wire/companion.ts";
import { ack, batch, entry } from "../../../wire/companion_handover.ts";
import { marker } from "../../../wire/companion_page.ts";
import { writeDelegated } from "../../../wire/xep0355.ts";
import { type Element, xml } from "../../../xml/element.ts";
import { serialize } from "../../../xml/writer.ts";
import { BUILT_IN } from "../../mod.ts";

const COMPONENT = "archive.a.test";
const PATIENCE = 10_000;

/** A module's side of a component that runs. */
class Server implements AsyncDisposable {
  readonly component: Component;
  readonly log: ReturnType<typeof memoryLog>;
  readonly #said: Inbox<Element>;
  readonly #nextId = createIdGenerator({ newest: 0 });

  private constructor(component: Component, said: Inbox<Element>, log: ReturnType<typeof memoryLog>) {
    this.component = component;
    this.#said = said;
    this.log = log;
  }

  static async start(append?: ArchiveStore["append"]): Promise<Server> {
    const store = openMemoryStore();
    if (append !== undefined) store.append = append;
    const said = new Inbox<Element>();
    const log = memoryLog();
    const component = await startComponent({
      config: await configWith(""),
      plugins: BUILT_IN,
      log,
      openStore: () => Promise.resolve(store),
      send: (stanza) => Promise.resolve(said.put(stanza)),
    });
    return new Server(component, said, log);
  }

  say(payload: Element): void {
    this.component.take(readXml(serialize(xml("message", { from: "a.test", to: COMPONENT }, payload))));
  }

  greet(): Promise<string> {
    this.component.take(xml("iq", { type: "set", id: "g", from: "a.test", to: COMPONENT }, greet.query.write("1")));
    return this.hear();
  }

  /** Hands over one message of Alice's. */
  handOver(seq: number, body = "Hi"): void {
    const message = xml(
      "message",
      { xmlns: "jabber:client", from: "alice@a.test/x", to: "bob@b.test" },
      xml("body", {}, body),
    );
    const sent = { id: formatArchiveId(this.#nextId()) };
    this.say(batch.write({ seq, entries: [entry.write({ at: Date.now(), sent, message })] }));
  }

  delegate(query: string): void {
    const iq = readXml(`<iq xmlns='jabber:client' type='set' id='q' from='alice@a.test/x'>${query}</iq>`);
    const delegation = writeDelegated("urn:xmpp:delegation:2", iq);
    delegation.cnode(marker.write({ behind: false }));
    this.component.take(
      readXml(serialize(xml("iq", { type: "set", id: "r", from: "a.test", to: COMPONENT }, delegation))),
    );
  }

  /** Returns the next payload's name, with what there is to say of it. */
  async hear(): Promise<string> {
    const stanza = readXml(serialize(await this.#said.take(() => true, "Annals to say something", PATIENCE)));
    const [payload] = stanza.getChildElements();
    if (stanza.attrs.type === "error") return `error ${stanza.getChild("error")?.getChildElements()[0]?.getName()}`;
    if (payload?.is(ack.name, ack.xmlns)) return `ack ${payload.attrs.seq}`;
    if (payload?.getName() === "page") return `page of ${payload.getText().split("<result ").length - 1}`;
    if (payload?.getName() === "settings") return `settings ${payload.attrs.policy}`;
    return payload?.getName() ?? "";
  }

  get unheard(): number {
    return this.#said.held.length;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.component[Symbol.asyncDispose]();
  }
}

async function configWith(options: string): Promise<Parameters<Component["reload"]>[0]> {
  const { config } = await loadConfig({
    file: "annals.toml",
    text: `hosts = ["a.test", "b.test"]\n${options}\ncomponent.domain = "${COMPONENT}"\ncomponent.secret = "secret"`,
    env: {},
    flags: new Map(),
    plugins: BUILT_IN,
  });
  return config;
}

/** A store whose disk is full until it is told otherwise. */
function fullDisk(): { append: ArchiveStore["append"]; stored: string[]; free: () => void; refused: Promise<void> } {
  const stored: string[] = [];
  const refused = Promise.withResolvers<void>();
  let full = true;
  return {
    stored,
    refused: refused.promise,
    free: () => full = false,
    append(messages: readonly NewMessage[]): Promise<number> {
      refused.resolve();
      if (full) return Promise.reject(new Error("disk full"));
      stored.push(...messages.map(({ stanza }) => stanza));
      return Promise.resolve(messages.length);
    },
  };
}

Deno.test("A request finds what was handed over just before it", async () => {
  await using server = await Server.start();
  assertEquals(await server.greet(), "greeting");
  for (let seq = 1; seq <= 3; seq++) server.handOver(seq);
  server.delegate("<query xmlns='urn:xmpp:mam:2'/>");
  const said = [
    await server.hear(),
    await server.hear(),
    await server.hear(),
    await server.hear(),
    await server.hear(),
  ];
  assertEquals(said.filter((what) => !what.startsWith("ack")), ["page of 3", "delegation"]);
});

Deno.test("Modules are told of changed settings, before they greet and where nothing has changed of nothing", async () => {
  await using server = await Server.start();
  server.component.reload(await configWith("default_archive_policy = false"));
  assertEquals([await server.greet(), server.unheard], ["greeting", 0]);
  server.component.reload(await configWith('default_archive_policy = "roster"'));
  assertEquals(await server.hear(), "settings roster");
  server.component.reload(await configWith('default_archive_policy = "roster"\nmax_archive_query_results = 10'));
  server.component.reload(await configWith("default_archive_policy = true"));
  assertEquals([await server.hear(), server.unheard], ["settings true", 0]);
});

Deno.test("A module hears of the user's new preferences before the user does", async () => {
  await using server = await Server.start();
  await server.greet();
  server.delegate("<prefs xmlns='urn:xmpp:mam:2' default='never'/>");
  assertEquals([await server.hear(), await server.hear()], ["preferences", "delegation"]);
});

Deno.test("While the disk is full nothing is acknowledged, on any stream; pages are answered all the same", async () => {
  const disk = fullDisk();
  await using server = await Server.start(disk.append);
  await server.greet();
  server.handOver(1);
  await disk.refused;
  server.handOver(2);
  server.component.streamEnded();
  assertEquals(await server.greet(), "greeting");
  server.handOver(1);
  server.delegate(
    "<query xmlns='urn:xmpp:mam:2'><set xmlns='http://jabber.org/protocol/rsm'><max>0</max></set></query>",
  );
  assertEquals(await server.hear(), "delegation");
  disk.free();
  assertEquals([await server.hear(), server.unheard], ["ack 1", 0]);
  // What came on the stream before will come again.
  assertEquals(disk.stored.length, 1);
});

Deno.test("What waits for the store has a bound, however often a module comes again: then it is asked to wait", async () => {
  const disk = fullDisk();
  const server = await Server.start(disk.append);
  const body = "x".repeat(450 * 1024);
  let greetings = 0;
  while (await server.greet() === "greeting" && greetings < 100) {
    greetings++;
    for (let seq = 1; seq <= 4; seq++) server.handOver(seq, body);
    server.component.streamEnded();
  }
  assertEquals(greetings > 10 && greetings < 50, true);
  await server[Symbol.asyncDispose]();
});

Deno.test("What is not stored in the end is not acknowledged, and not lost", async () => {
  const disk = fullDisk();
  const server = await Server.start(disk.append);
  await server.greet();
  server.handOver(1);
  await disk.refused;
  await server[Symbol.asyncDispose]();
  assertEquals(server.unheard, 0);
  assertEquals(server.log.events.filter(({ event }) => event === "messages-lost"), []);
});

Deno.test("What is stored when Annals stops is acknowledged before it goes", async () => {
  const server = await Server.start();
  await server.greet();
  server.handOver(1);
  await server[Symbol.asyncDispose]();
  assertEquals(await server.hear(), "ack 1");
});
