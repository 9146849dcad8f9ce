/**
 * Stanzas that are not what they should be, to the whole component: each request has one answer of the kinds that RFC 6120
 * knows, nobody sees or is kept what is another's, nothing that people say is logged, and the component goes on.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import { BUILT_IN } from "../../src/plugins/mod.ts";
import { type Component, startComponent } from "../../src/runtime/component.ts";
import { loadConfig } from "../../src/runtime/load_config.ts";
import { memoryLog } from "../../src/log/log.ts";
import { jsonLine } from "../../src/log/log_line.ts";
import type { ArchiveStore, NewMessage } from "../../src/store/archive.ts";
import { openMemoryStore } from "../../src/store/memory/mod.ts";
import { condition } from "../support/archive.ts";
import { allDialogues, saidByServers } from "../support/dialogues.ts";
import { fuzz } from "../support/fuzz.ts";
import { answerIn, COMPONENT, GRANTS, HOST, resultIn } from "../support/handed_over.ts";
import { mutate, mutatedText } from "../support/mutation.ts";
import type { Random } from "../support/random.ts";
import { type Element, xml } from "../../src/xml/element.ts";
import { XmlError } from "../../src/xml/error.ts";
import { escapeValue } from "../../src/xml/escape.ts";
import { parse } from "../../src/xml/parse.ts";
import { Reader, SIZE_ONLY } from "../../src/xml/reader.ts";
import { serialize } from "../../src/xml/writer.ts";
import { isCondition } from "../../src/xmpp/error.ts";
import { Jid } from "../../src/xmpp/jid.ts";

/** In all that people say to each other, and nowhere else. */
const SAID = "Wherefore art thou";

const HOSTS: readonly string[] = [HOST, "example.net"];

/** Stanzas to one component; it takes them in turns of the event loop, a few in each. */
const STANZAS = 50;

/** Servers' stanzas of each dialogue. */
const DIALOGUES = (await Promise.all([...allDialogues().values()].map(saidByServers))).map((said) => {
  for (const body of said.flatMap((stanza) => elementsIn(stanza, "body"))) body.children.push(` ${SAID}`);
  return said;
});

fuzz(`Whatever ${STANZAS} stanzas come, requests are answered once, privacy is kept, and the component goes on`, {
  inputs: 600,
  draw(random): Element[] {
    const stanzas = random.chance(0.9) ? read(GRANTS) : [];
    while (stanzas.length < STANZAS) {
      for (const stanza of random.pick(DIALOGUES)) stanzas.push(...distorted(stanza, random));
    }
    return stanzas;
  },
  async check(stanzas, random): Promise<void> {
    await using scene = await openScene(random);
    const requests: Element[] = [];
    for (const [index, drawn] of stanzas.entries()) {
      for (const stanza of read(filled(serialize(drawn), scene.sent, random))) {
        if (stanza.name === "iq" && (stanza.attrs.type === "get" || stanza.attrs.type === "set")) {
          // Its own id, so that its answer can be told from others; the inner one is as it came.
          if (random.chance(0.98)) stanza.attrs.id = `f${index}`;
          requests.push(...read(serialize(stanza)));
        }
        scene.component.take(stanza);
      }
      if (random.chance(0.1)) await new Promise((resolve) => setTimeout(resolve));
    }
    scene.component.take(
      xml("iq", { type: "get", id: "last", from: HOST, to: COMPONENT }, xml("ping", { xmlns: "urn:xmpp:ping" })),
    );
    scene.component.streamEnded();
    await scene.component.answered();
    checkAnswers(scene.sent, requests);
    for (const stanza of scene.sent) checkPrivacy(stanza);
    for (const message of scene.stored) checkOwners(message);
    assertEquals(scene.sent.filter(({ attrs }) => attrs.id === "last").map(({ attrs }) => attrs.type), ["result"]);
    for (const event of scene.events) {
      const line = jsonLine("", event);
      assert(!line.includes(SAID), `Found what people say in the log: ${line}`);
      assert(!FAULTS.has(event.event) || FORESEEN.test(line), `Found a fault in the log: ${line}`);
    }
  },
  show: (stanzas) => stanzas.map(String).join("\n"),
});

/** Anybody can send something to a component, in the own name. */
const STRANGERS = [
  "example.net",
  "example.org",
  "test",
  `${HOST}.`,
  "EXAMPLE.TEST",
  `${HOST}/a`,
  `mallory@${HOST}/a`,
  COMPONENT,
];

/** Errors that a malformed stanza or a missing grant explains. */
const FORESEEN = /"error":"StanzaError: |has not granted the/;

/** Events that tell of what nobody had thought of, but for what was foreseen. */
const FAULTS: ReadonlySet<string> = new Set(["request-failed", "message-failed", "decision-failed", "task-failed"]);

/** Returns hostile variants of a stanza that can be read. */
function distorted(stanza: Element, random: Random): Element[] {
  const said = serialize(stanza);
  const text = random.chance(0.03) ? said.replaceAll(HOST, "example.org") : said;
  // A change of the text may take what people say out of the elements that are for it.
  const stanzas = read(random.chance(0.2) && !text.includes(SAID) ? mutatedText(text, random, 1) : text);
  for (const each of stanzas) {
    mutate(each, random, random.pick([0, 0, 1, 1, 2, 4]));
    if (random.chance(0.05)) each.attrs.from = random.pick(STRANGERS);
  }
  return stanzas.flatMap((each) => read(serialize(each)));
}

/** Puts ids that the component has given in the places of those that it gives in the dialogue. */
function filled(text: string, sent: readonly Element[], random: Random): string {
  return text.replaceAll(/\{\w+\}/g, () => {
    const stanza = sent.length === 0 ? undefined : random.pick(sent);
    return escapeValue((stanza && resultIn(stanza)?.id) ?? stanza?.attrs.id ?? "");
  });
}

/** The stanzas of a stream, up to where it is none. */
function read(text: string): Element[] {
  const stanzas: Element[] = [];
  const reader = new Reader({ open: () => {}, element: (stanza) => stanzas.push(stanza), close: () => {} });
  try {
    reader.push(`<stream xmlns='jabber:component:accept' xmlns:stream='http://etherx.jabber.org/streams'>${text}`);
  } catch (error) {
    if (!(error instanceof XmlError)) throw error;
  }
  return stanzas;
}

function elementsIn(element: Element, name: string): Element[] {
  return element.getChildElements().flatMap((child) =>
    child.getName() === name ? [child as Element] : elementsIn(child as Element, name)
  );
}

interface Scene extends AsyncDisposable {
  readonly component: Component;
  readonly sent: Element[];
  readonly stored: NewMessage[];
  readonly events: ReturnType<typeof memoryLog>["events"];
}

async function openScene(random: Random): Promise<Scene> {
  const { config, plugins } = await loadConfig({
    file: "fuzz.toml",
    text: `
      hosts = ${JSON.stringify(HOSTS)}
      component.domain = "${COMPONENT}"
      component.secret = "secret"
      storage.archive2 = "memory"
      default_archive_policy = ${random.pick([`true`, `false`, `"roster"`])}
      max_archive_query_results = ${random.integer(1, 20)}`,
    env: {},
    flags: new Map(),
    plugins: BUILT_IN,
  });
  const log = memoryLog();
  const sent: Element[] = [];
  const stored: NewMessage[] = [];
  const component = await startComponent({
    config,
    plugins,
    log,
    openStore: () => Promise.resolve(observed(openMemoryStore(), stored)),
    send(stanza): Promise<void> {
      sent.push(parse(serialize(stanza), { maxDepth: 200 }));
      return Promise.resolve();
    },
  });
  return {
    component,
    sent,
    stored,
    events: log.events,
    async [Symbol.asyncDispose](): Promise<void> {
      component.streamEnded();
      await component[Symbol.asyncDispose]();
    },
  };
}

/** A store that lets one see what it is given. */
function observed(store: ArchiveStore, stored: NewMessage[]): ArchiveStore {
  const append = store.append.bind(store);
  store.append = async (batch) => {
    stored.push(...batch);
    return await append(batch);
  };
  return store;
}

/** RFC 6120 §8.2.3: each request has one answer, of type `result` or `error`, to whoever asked, with the same id. */
function checkAnswers(sent: readonly Element[], requests: readonly Element[]): void {
  const answers = sent.filter(({ name, attrs }) =>
    name === "iq" && (attrs.type === "result" || attrs.type === "error")
  );
  assertEquals(answers.map(addresseeOf).filter((text) => text !== `last ${HOST}`).sort(), requests.map(askerOf).sort());
  const asked = Map.groupBy(requests, askerOf);
  for (const answer of answers) {
    checkKind(answer);
    const inner = answerIn(answer);
    if (inner === undefined) continue;
    checkKind(inner);
    const inside = asked.get(addresseeOf(answer))?.flatMap(insideOf) ?? [];
    assert(inside.map(askerOf).includes(addresseeOf(inner)), `Found the answer ${inner} to ${inside.join(" or ")}`);
    // XEP-0355 §4.3: a server delegates what its own accounts are asked; and this one is served.
    if (inner.attrs.type === "error") continue;
    assertEquals(Jid.parse(inner.attrs.from ?? "").domain, answer.attrs.to);
    assert(HOSTS.includes(answer.attrs.to ?? ""), String(answer));
  }
}

function askerOf({ attrs }: Element): string {
  return `${attrs.id} ${attrs.from}`;
}

function addresseeOf({ attrs }: Element): string {
  return `${attrs.id} ${attrs.to}`;
}

/** RFC 6120 §8.3: an error has a type and one condition that is defined. */
function checkKind(answer: Element): void {
  if (answer.attrs.type === "result") return;
  assertEquals(answer.attrs.type, "error");
  const error = answer.getChild("error");
  assert(["auth", "cancel", "continue", "modify", "wait"].includes(error?.attrs.type ?? ""), String(answer));
  assert(isCondition(condition(answer) ?? ""), String(answer));
}

/** The stanzas inside a delegated request; there should be one. */
function insideOf(request: Element): Element[] {
  const delegations = request.getChildElements().filter((child) => child.getName() === "delegation");
  return delegations.flatMap((delegation) => delegation.getChildElements())
    .filter((child) => child.getName() === "forwarded")
    .flatMap((forwarded) => forwarded.getChildElements() as Element[]);
}

/** XEP-0313 §"Data privacy": what is sent in the name of an account goes to that account, and is one of the host's. */
function checkPrivacy(stanza: Element): void {
  const privilege = stanza.getChildElements().find((child) => child.getName() === "privilege");
  const message = privilege?.getChild("forwarded", "urn:xmpp:forward:0")?.getChild("message", "jabber:client");
  if (message === undefined) return;
  const { from = "", to = "" } = message.attrs;
  assertEquals([to.split("/")[0], from.split("@")[1]], [from, stanza.attrs.to]);
}

/** XEP-0313 §"Message archives": a message is kept for those of its two ends that have accounts here, each with the other. */
function checkOwners({ stanza, entries, positions = [] }: NewMessage): void {
  for (const { archive } of positions) {
    assert(HOSTS.includes(Jid.parse(archive).domain), `An id is kept for ${archive}`);
  }
  if (entries.length === 0) return assertEquals([stanza, positions.length > 0], ["", true]);
  const { from = "", to = from } = parse(stanza, SIZE_ONLY).attrs;
  const ends = [from, to].map((address) => Jid.parse(address).bare);
  for (const entry of entries) {
    assert(ends.includes(entry.archive) && ends.includes(entry.with), `${stanza} is kept for ${entry.archive}`);
    assert(HOSTS.includes(Jid.parse(entry.archive).domain), `${stanza} is kept for ${entry.archive}`);
  }
}
