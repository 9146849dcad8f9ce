import { assertEquals } from "@std/assert";
import { readXml } from "../../tests/support/codec.ts";
import { ping } from "../wire/xep0199.ts";
import { type Element, xml } from "../xml/element.ts";
import { serialize } from "../xml/writer.ts";
import { StanzaError } from "../xmpp/error.ts";
import { Jid } from "../xmpp/jid.ts";
import { Links } from "./links.ts";
import { memoryLog } from "../log/log.ts";
import type { Request } from "./plugin.ts";
import { Requests } from "./requests.ts";
import { Router } from "./router.ts";

const NS_STANZAS = "urn:ietf:params:xml:ns:xmpp-stanzas";

/** Requests that a plugin answers in its way. */
function scene(
  answer: (request: Request) => void | Promise<void>,
  send: (stanza: Element) => Promise<void> = () => Promise.resolve(),
): { requests: Requests; sent: string[]; logged: () => string[] } {
  const router = new Router();
  router.answer(ping, (_, request) => answer(request));
  const log = memoryLog();
  const sent: string[] = [];
  const requests = new Requests({
    component: Jid.parse("archive.a.test"),
    router,
    links: new Links(),
    delegated: () => {},
    log,
    send(stanza): Promise<void> {
      sent.push(serialize(stanza));
      return send(stanza);
    },
  });
  return { requests, sent, logged: () => log.events.map(({ level, event }) => `${level} ${event}`) };
}

function request(id = "1"): Element {
  return readXml(
    `<iq type="get" id="${id}" from="alice@a.test/x" to="archive.a.test"><ping xmlns="urn:xmpp:ping"/></iq>`,
  );
}

const FAILURES: Record<string, [answer: () => void | Promise<void>, error: string, logged: string[]]> = {
  "throws": [
    () => {
      throw new Error("broken");
    },
    `<error type="cancel"><internal-server-error xmlns="${NS_STANZAS}"/></error>`,
    ["error request-failed"],
  ],
  "rejects": [
    () => Promise.reject(new TypeError("broken")),
    `<error type="cancel"><internal-server-error xmlns="${NS_STANZAS}"/></error>`,
    ["error request-failed"],
  ],
  "refuses": [
    () => {
      throw new StanzaError("not-allowed", "Not today", { type: "wait" });
    },
    `<error type="wait"><not-allowed xmlns="${NS_STANZAS}"/><text xmlns="${NS_STANZAS}">Not today</text></error>`,
    [],
  ],
};

for (const [fails, [answer, error, lines]] of Object.entries(FAILURES)) {
  Deno.test(`Requests answers in the stead of a plugin that ${fails}: ${error}`, async () => {
    const { requests, sent, logged } = scene(answer);
    requests.answer(request());
    await requests.answered();
    assertEquals(sent, [`<iq type="error" id="1" from="archive.a.test" to="alice@a.test/x">${error}</iq>`]);
    assertEquals(logged(), lines);
  });
}

Deno.test("Requests logs faults the more rarely the more there are, so that clients that ask again fill no disk", async () => {
  const { requests, logged } = scene(() => Promise.reject(new Error("broken")));
  for (let number = 1; number <= 20; number++) requests.answer(request(`${number}`));
  await requests.answered();
  assertEquals(logged(), Array(5).fill("error request-failed"));
});

Deno.test("Requests sends what a plugin pushes ahead of the reply, and waits for room between", async () => {
  const room = Promise.withResolvers<void>();
  const { requests, sent } = scene(
    ({ push }) => push([xml("one"), xml("two")]),
    () => sent.length === 1 ? room.promise : Promise.resolve(),
  );
  requests.answer(request());
  const answered = requests.answered();
  await Promise.resolve();
  room.resolve();
  await answered;
  assertEquals(sent, [
    `<message from="archive.a.test" to="alice@a.test/x"><one/></message>`,
    `<message from="archive.a.test" to="alice@a.test/x"><two/></message>`,
    `<iq type="result" id="1" from="archive.a.test" to="alice@a.test/x"/>`,
  ]);
});

Deno.test("Requests is done with an answer that cannot be sent", async () => {
  const { requests, logged } = scene(() => {}, () => Promise.reject(new Error("no stream")));
  requests.answer(request());
  await requests.answered();
  assertEquals(logged(), ["debug reply-lost"]);
});

Deno.test("Requests drops what a server sends that reads no answers, says so once, and goes on when it reads", async () => {
  const room = Promise.withResolvers<void>();
  const { requests, sent, logged } = scene(() => {}, () => room.promise);
  for (let id = 0; id < 15_000; id++) requests.answer(request(String(id)));
  room.resolve();
  await requests.answered();
  assertEquals(sent.length, 10_000);
  assertEquals(logged(), ["warn requests-dropped"]);
  requests.answer(request());
  await requests.answered();
  assertEquals(sent.length, 10_001);
});

Deno.test("Requests refuses what one account asks too much at once, and answers others", async () => {
  const { requests, sent } = scene(() => {});
  for (let id = 0; id < 200; id++) requests.answer(request(String(id)));
  const other = request("other");
  other.attrs.from = "bob@a.test/x";
  requests.answer(other);
  await requests.answered();
  const [answered, refused] = ["result", "error"].map((type) => sent.filter((text) => text.includes(`type="${type}"`)));
  assertEquals([answered?.length, refused?.length], [101, 100]);
  assertEquals(
    refused?.every((text) => text.includes(`<error type="wait"><resource-constraint xmlns="${NS_STANZAS}"/>`)),
    true,
  );
  assertEquals(answered?.some((text) => text.includes('id="other"')), true);
});
