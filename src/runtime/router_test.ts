import { assertEquals, assertThrows } from "@std/assert";
import { readXml } from "../../tests/support/codec.ts";
import { discoInfo, discoItems } from "../wire/xep0030.ts";
import { softwareVersion } from "../wire/xep0092.ts";
import { ping } from "../wire/xep0199.ts";
import { type Element, xml } from "../xml/element.ts";
import { Jid } from "../xmpp/jid.ts";
import type { MessageRoute, Request } from "./plugin.ts";
import { Router } from "./router.ts";

const REQUEST: Request = {
  from: Jid.parse("alice@a.test/x"),
  to: Jid.parse("archive.a.test"),
  id: "1",
  behind: false,
  push: () => Promise.resolve(),
};

const PING = readXml(`<ping xmlns="urn:xmpp:ping"/>`);

Deno.test("Router finds a handler by type, name and namespace", () => {
  const router = new Router();
  router.answer(ping, () => {});
  assertEquals(router.findAnswer("get", PING) === undefined, false);
  for (
    const [type, payload] of [
      ["set", `<ping xmlns="urn:xmpp:ping"/>`],
      ["get", `<pong xmlns="urn:xmpp:ping"/>`],
      ["get", `<ping xmlns="urn:xmpp:ping:1"/>`],
      ["get", `<ping/>`],
    ] as const
  ) {
    assertEquals(router.findAnswer(type, readXml(payload)), undefined, `${type} ${payload}`);
  }
});

Deno.test("Router reads the request and writes the reply, if there is to be one", async () => {
  const router = new Router();
  router.answer(ping, () => {});
  router.answer(softwareVersion, () => ({ name: "Annals", version: "1" }));
  assertEquals(await router.findAnswer("get", PING)?.(PING, REQUEST), undefined);
  const version = readXml(`<query xmlns="jabber:iq:version"/>`);
  assertEquals((await router.findAnswer("get", version)?.(version, REQUEST))?.getChildText("name"), "Annals");
});

Deno.test("Router refuses a second handler of one request, until the first is gone", () => {
  const router = new Router();
  const undo = router.answer(discoInfo, () => ({ identities: [], features: [] }));
  router.answer(discoItems, () => ({ items: [] }));
  assertThrows(
    () => router.answer(discoInfo, () => ({ identities: [], features: [] })),
    Error,
    'Cannot answer <query xmlns="http://jabber.org/protocol/disco#info"/> (get) twice: another plugin does so',
  );
  undo();
  router.answer(discoInfo, () => ({ identities: [], features: [] }));
});

Deno.test("Router finds every taker of a message, in their order, until they are gone", () => {
  const router = new Router();
  const route: MessageRoute = { name: "forwarded", xmlns: "urn:xmpp:forward:0" };
  const payload = xml("forwarded", { xmlns: "urn:xmpp:forward:0" });
  let took: string[] = [];
  function takersOf(payload: Element): string[] {
    took = [];
    for (const taker of router.findTakers(payload)) taker.receive(Jid.parse("a.test"), payload, payload);
    return took;
  }
  const undo = router.take(route, () => void took.push("first"));
  router.take(route, () => void took.push("second"));
  assertEquals(takersOf(payload), ["first", "second"]);
  undo();
  assertEquals(takersOf(payload), ["second"]);
  assertEquals(takersOf(xml("body", {})), []);
});

Deno.test("Router has a message read as its route says, when its taker asks for that", () => {
  const router = new Router();
  const read: unknown[] = [];
  router.take(
    { name: "body", xmlns: "", read: (element) => element.getText() },
    (message) => void read.push(message.read()),
  );
  router.take({ name: "body", xmlns: "" }, (message) => void read.push(message.read()));
  const body = xml("body", {}, "Hi");
  for (const taker of router.findTakers(body)) taker.receive(Jid.parse("a.test"), body, body);
  assertEquals(read, ["Hi", body]);
});
