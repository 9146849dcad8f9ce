import { assertEquals, assertStringIncludes } from "@std/assert";
import type { ScriptedComponent } from "../support/scripted_component.ts";
import type { Element } from "../../src/xml/element.ts";
import { chat, onModule } from "./module_stage.ts";

const QUERY = "<query xmlns='urn:xmpp:mam:2' queryid='q'/>";
const BOB = "bob@example.test";

/** The next request of a user. */
function delegated(component: ScriptedComponent): Promise<Element> {
  return component.hear((stanza) => stanza.getChild("delegation") !== undefined, "a request of a user");
}

/** The IQ of the user inside. */
function inner(request: Element): Element {
  return request.getChild("delegation")?.getChild("forwarded")?.getChild("iq") ?? request;
}

/** XEP-0355 §4.3: the answer to it. */
function answer(request: Element, payload: string, type = "result"): string {
  const { id = "", from = "" } = inner(request).attrs;
  return `<delegation xmlns='urn:xmpp:delegation:2'><forwarded xmlns='urn:xmpp:forward:0'>` +
    `<iq xmlns='jabber:client' type='${type}' id='${id}' from='alice@example.test' to='${from}'>${payload}</iq>` +
    `</forwarded></delegation>`;
}

/** Messages of a page, for the session that asked. */
function page(request: Element, bodies: readonly string[]): string {
  const messages = bodies.map((body) =>
    `<message from='alice@example.test' to='${inner(request).attrs.from}'>` +
    `<result xmlns='urn:xmpp:mam:2' queryid='q' id='${body}'><forwarded xmlns='urn:xmpp:forward:0'>` +
    `<delay xmlns='urn:xmpp:delay' stamp='2026-11-22T18:00:00Z'/>` +
    `<message xmlns='jabber:client' from='bob@example.test/x'><body>${body} &amp; &lt;more&gt;</body></message>` +
    `</forwarded></result></message>`
  );
  const sizes = messages.map((message) => new TextEncoder().encode(message).length).join(" ");
  return `<page xmlns='annals:companion' request='${request.attrs.id}' sizes='${sizes}'>` +
    `<![CDATA[${messages.join("")}]]></page>`;
}

/** Lists a stanza's addresses, and the id and body of the message that it brings. */
function described(stanza: Element): (string | null | undefined)[] {
  const result = stanza.getChild("result", "urn:xmpp:mam:2");
  const message = result?.getChild("forwarded", "urn:xmpp:forward:0")?.getChild("message", "jabber:client");
  return [stanza.attrs.from, stanza.attrs.to, result?.attrs.id, message?.getChildText("body")];
}

onModule("a page goes to the session that asked, before the answer", async (stage) => {
  const component = await stage.welcomeAll(["alice"]);
  const [alice, other] = [await stage.enter("alice"), await stage.enter("alice")];
  await alice.send(`<iq type='set' id='mine'>${QUERY}</iq>`);
  const request = await delegated(component);
  assertEquals(inner(request).attrs.from, alice.jid);
  assertEquals(inner(request).getChild("query", "urn:xmpp:mam:2")?.attrs.queryid, "q");
  assertEquals(request.getChild("delegation")?.getChild("companion")?.attrs.behind, undefined);
  await component.tell(page(request, ["1", "2"]));
  await component.tell(page(request, ["3"]));
  await component.answer(request, answer(request, "<fin xmlns='urn:xmpp:mam:2' complete='true'/>"));
  const [results, last] = await alice.collect(
    (stanza) => stanza.getChild("result", "urn:xmpp:mam:2") !== undefined,
    (stanza) => stanza.attrs.id === "mine",
    "a page",
  );
  assertEquals(results.map(described), [
    ["alice@example.test", alice.jid, "1", "1 & <more>"],
    ["alice@example.test", alice.jid, "2", "2 & <more>"],
    ["alice@example.test", alice.jid, "3", "3 & <more>"],
  ]);
  assertEquals([last.attrs.type, last.getChild("fin", "urn:xmpp:mam:2")?.attrs.complete], ["result", "true"]);
  await component.tell(page(request, ["too late"]));
  await alice.settle();
  await other.settle();
  assertEquals([alice.pending, other.pending].map((pending) => pending.filter((stanza) => stanza.getChild("result"))), [
    [],
    [],
  ]);
});

/** Claims of a page about the sizes of its messages. */
const SIZES: readonly [what: string, sizes: (page: string) => string][] = [
  ["as they are", (page) => page],
  ["not as they are", (page) => page.replace(/sizes='\d+/, "sizes='1")],
  ["not at all", (page) => page.replace(/sizes='[\d ]*'/, "")],
];

for (const [what, sized] of SIZES) {
  onModule(
    `a page, whose sizes are said ${what}, is stanzas to a session that counts them (XEP-0198)`,
    async (stage) => {
      const component = await stage.welcomeAll(["alice"]);
      let alice = await stage.enter("alice");
      const id = await alice.enableResumption();
      await alice.send(`<iq type='set' id='mine'>${QUERY}</iq>`);
      const request = await delegated(component);
      await component.tell(sized(page(request, ["1", "2", "\u20ac"])));
      await component.answer(request, answer(request, "<fin xmlns='urn:xmpp:mam:2' complete='true'/>"));
      const [results] = await alice.collect(
        (stanza) => stanza.getChild("result", "urn:xmpp:mam:2") !== undefined,
        (stanza) => stanza.attrs.id === "mine",
        "a page",
      );
      assertEquals(results.map(described), [
        ["alice@example.test", alice.jid, "1", "1 & <more>"],
        ["alice@example.test", alice.jid, "2", "2 & <more>"],
        ["alice@example.test", alice.jid, "\u20ac", "\u20ac & <more>"],
      ]);
      // The server ends the stream of a client that has handled more than was sent.
      await alice.send(`<a xmlns='urn:xmpp:sm:3' h='${alice.handled - 2}'/>`);
      await alice.settle();
      // The server ends the stream of a client that has handled more than was sent.
      await alice.send(`<a xmlns='urn:xmpp:sm:3' h='${alice.handled}'/>`);
      await alice.settle();
      const { jid } = alice;
      await alice.send(`<iq type='set' id='mine'>${QUERY}</iq>`);
      const lost = await delegated(component);
      const before = alice.handled;
      await component.tell(sized(page(lost, ["1", "\u20ac"])));
      await alice.receive((stanza) => stanza.is("message"), "the first result");
      await alice.cut();
      // As if the last result had been lost.
      alice = await stage.enter("alice", { resume: { id, handled: before + 1 } });
      const again = await alice.receive((stanza) => stanza.is("message"), "the last result");
      assertEquals(described(again), ["alice@example.test", jid, "\u20ac", "\u20ac & <more>"]);
    },
    { lua: `modules_enabled = { "roster"; "saslauth"; "disco"; "ping"; "smacks"; "annals" }` },
  );
}

onModule(
  "a page is stanzas to a session whose client is inactive, and comes with the answer (XEP-0352)",
  async (stage) => {
    const component = await stage.welcomeAll(["alice"]);
    const alice = await stage.enter("alice");
    await alice.send("<inactive xmlns='urn:xmpp:csi:0'/>");
    await alice.send(`<iq type='set' id='mine'>${QUERY}</iq>`);
    const request = await delegated(component);
    await component.tell(page(request, ["1", "2"]));
    await component.answer(request, answer(request, "<fin xmlns='urn:xmpp:mam:2' complete='true'/>"));
    const [results] = await alice.collect(
      (stanza) => stanza.getChild("result", "urn:xmpp:mam:2") !== undefined,
      (stanza) => stanza.attrs.id === "mine",
      "a page",
    );
    assertEquals(results.map(described), [
      ["alice@example.test", alice.jid, "1", "1 & <more>"],
      ["alice@example.test", alice.jid, "2", "2 & <more>"],
    ]);
  },
  { lua: `modules_enabled = { "roster"; "saslauth"; "disco"; "ping"; "csi_simple"; "smacks"; "annals" }` },
);

onModule("a request that nobody answers ends in an error: remote-server-timeout", async (stage) => {
  const component = await stage.welcomeAll(["alice"]);
  const alice = await stage.enter("alice");
  const reply = alice.request("set", QUERY);
  const request = await delegated(component);
  assertStringIncludes(String(await reply), "remote-server-timeout");
  // Too late: it is nobody's.
  await component.tell(page(request, ["1"]));
  await component.answer(request, answer(request, "<fin xmlns='urn:xmpp:mam:2'/>"));
  await component.settle();
  await alice.settle();
  assertEquals(alice.pending.filter((stanza) => stanza.is("message")), []);
}, { lua: "annals_request_timeout = 1" });

onModule("the user gets the error that Annals answers with", async (stage) => {
  const component = await stage.welcomeAll(["alice"]);
  const alice = await stage.enter("alice");
  const reply = alice.request("get", "<prefs xmlns='urn:xmpp:mam:2'/>");
  const request = await delegated(component);
  await component.answer(
    request,
    answer(
      request,
      "<error type='modify'><item-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>",
      "error",
    ),
  );
  assertEquals((await reply).attrs.type, "error");
  assertStringIncludes(String(await reply), "item-not-found");
});

/** Stanzas in place of an answer. */
const NO_ANSWERS: readonly [
  what: string,
  answer: (component: ScriptedComponent, request: Element) => Promise<void>,
  condition: string,
][] = [
  ["an empty one", (component, request) => component.answer(request, ""), "internal-server-error"],
  [
    "one without an IQ",
    (component, request) =>
      component.answer(
        request,
        "<delegation xmlns='urn:xmpp:delegation:2'><forwarded xmlns='urn:xmpp:forward:0'/></delegation>",
      ),
    "internal-server-error",
  ],
  [
    "one of another type",
    (component, request) => component.answer(request, answer(request, "", "get")),
    "internal-server-error",
  ],
  ["a refusal", (component, request) => component.refuse(request, "not-allowed", "No"), "not-allowed"],
  ["the end of the stream", (component) => component[Symbol.asyncDispose](), "recipient-unavailable"],
];

for (const [what, say, condition] of NO_ANSWERS) {
  onModule(`in place of an answer, ${what}: ${condition}`, async (stage) => {
    const component = await stage.welcomeAll(["alice"]);
    const alice = await stage.enter("alice");
    const reply = alice.request("get", "<metadata xmlns='urn:xmpp:mam:2'/>");
    await say(component, await delegated(component));
    assertStringIncludes(String(await reply), condition);
  });
}

onModule("what was sent before a request is sent before it; what could not be sent leaves it behind", async (stage) => {
  const component = await stage.welcomeAll(["alice", "bob", "carol"]);
  const [alice, carol] = [await stage.enter("alice"), await stage.enter("carol")];
  await alice.send(chat(BOB, "0") + `<iq type='set' id='1'>${QUERY}</iq>`);
  const request = await delegated(component);
  assertEquals(request.getChild("delegation")?.getChild("companion")?.attrs.behind, undefined);
  assertEquals(component.inbox.held.filter((stanza) => stanza.getChild("batch")).length, 1);
  await component.told("batch");
  // Nothing is acknowledged, so the window fills; one of these is a batch.
  const long = "x".repeat(200_000);
  for (let i = 1; i <= 4; i++) await alice.send(chat(BOB, long));
  for (let i = 1; i <= 3; i++) await component.told("batch");
  await alice.send(`<iq type='set' id='2'>${QUERY}</iq>`);
  assertEquals((await delegated(component)).getChild("delegation")?.getChild("companion")?.attrs.behind, "true");
  await carol.send(`<iq type='set' id='3'>${QUERY}</iq>`);
  assertEquals((await delegated(component)).getChild("delegation")?.getChild("companion")?.attrs.behind, undefined);
  await component.acknowledge(4);
  assertEquals((await component.told("batch")).attrs.seq, "5");
  await alice.send(`<iq type='set' id='4'>${QUERY}</iq>`);
  assertEquals((await delegated(component)).getChild("delegation")?.getChild("companion")?.attrs.behind, undefined);
});

onModule("a session that asked and is gone costs nothing", async (stage) => {
  const component = await stage.welcomeAll(["alice"]);
  const [alice, other] = [await stage.enter("alice"), await stage.enter("alice")];
  await alice.send(`<iq type='set' id='1'>${QUERY}</iq>`);
  const request = await delegated(component);
  await alice[Symbol.asyncDispose]();
  await component.tell(page(request, ["1"]));
  await component.answer(request, answer(request, "<fin xmlns='urn:xmpp:mam:2'/>"));
  const reply = other.request("set", QUERY);
  const again = await delegated(component);
  await component.answer(again, answer(again, "<fin xmlns='urn:xmpp:mam:2'/>"));
  assertEquals((await reply).attrs.type, "result");
  assertEquals(stage.logged("raceback"), 0);
});

onModule("who has asked for the archive gets no offline messages besides", async (stage) => {
  const component = await stage.welcomeAll(["alice", "bob"]);
  const alice = await stage.enter("alice");
  await alice.send(chat(BOB, "Art thou not Romeo?"));
  await component.entries(1);
  const asking = await stage.enter("bob", { presence: false });
  const reply = asking.request("set", QUERY);
  const request = await delegated(component);
  await component.answer(request, answer(request, "<fin xmlns='urn:xmpp:mam:2'/>"));
  await reply;
  await asking.send("<presence/>");
  await asking.settle();
  assertEquals(asking.pending.filter((stanza) => stanza.is("message")), []);
  const other = await stage.enter("bob");
  await other.message("Art thou not Romeo?");
});

onModule("who was told to wait for the archive gets the offline messages", async (stage) => {
  const component = await stage.welcomeAll(["alice", "bob"]);
  const before = await stage.enter("bob");
  await before.send("<iq type='set' id='1'><query xmlns='jabber:iq:register'><remove/></query></iq>");
  await component.told("deleted");
  await stage.server.register("bob");
  const alice = await stage.enter("alice");
  await alice.send(chat(BOB, "Art thou not Romeo?"));
  await alice.settle();
  const asking = await stage.enter("bob", { presence: false });
  assertStringIncludes(String(await asking.request("set", QUERY)), "resource-constraint");
  await asking.send("<presence/>");
  await asking.message("Art thou not Romeo?");
}, { lua: `modules_enabled = { "roster"; "saslauth"; "disco"; "register"; "offline"; "annals" }` });

onModule("an account has 20 requests on their way, and more may come when one is answered", async (stage) => {
  const component = await stage.welcomeAll(["alice", "bob"]);
  const [alice, bob] = [await stage.enter("alice"), await stage.enter("bob")];
  const first = alice.request("get", "<metadata xmlns='urn:xmpp:mam:2'/>");
  const request = await delegated(component);
  for (let i = 2; i <= 20; i++) await alice.send(`<iq type='set' id='${i}'>${QUERY}</iq>`);
  for (let i = 2; i <= 20; i++) await delegated(component);
  const refused = await alice.request("set", QUERY);
  assertEquals(refused.getChild("error")?.attrs.type, "wait");
  assertStringIncludes(String(refused), "resource-constraint");
  await bob.send(`<iq type='set' id='1'>${QUERY}</iq>`);
  assertEquals(inner(await delegated(component)).attrs.from, bob.jid);
  await component.answer(request, answer(request, "<metadata xmlns='urn:xmpp:mam:2'/>"));
  await first;
  await alice.send(`<iq type='set' id='21'>${QUERY}</iq>`);
  assertEquals(inner(await delegated(component)).attrs.id, "21");
});

onModule(
  "requests that wait are bounded in bytes, also those that were given up and may not be read yet",
  async (stage) => {
    const users = Array.from({ length: 5 }, (_, index) => `user${index}`);
    for (const user of users) await stage.server.register(user);
    const component = await stage.welcomeAll(users);
    const clients = await Promise.all(users.map((user) => stage.enter(user)));
    const large = `<query xmlns='urn:xmpp:mam:2' queryid='${"q".repeat(220_000)}'/>`;
    async function ask(): Promise<string[]> {
      const replies: string[] = [];
      await Promise.all(clients.map(async (client) => {
        for (let i = 0; i < 20; i++) await client.send(`<iq type='set' id='large ${i}'>${large}</iq>`);
        for (let i = 0; i < 20; i++) {
          const reply = await client.receive((stanza) => stanza.attrs.id?.startsWith("large") ?? false, "an answer");
          replies.push(
            ["resource-constraint", "remote-server-timeout"].find((name) => String(reply).includes(name)) ?? "",
          );
        }
      }));
      return replies.sort();
    }
    const room = Math.floor(16 * 1024 * 1024 / 220_000);
    const passed = (replies: string[]) => replies.filter((reply) => reply === "remote-server-timeout").length;
    const before = passed(await ask());
    assertEquals([before > room - 5, before <= room], [true, true]);
    assertEquals(passed(await ask()), 0);
    const request = await delegated(component);
    // Nobody waits for this answer any more, but it says that Annals goes on reading.
    await component.answer(request, answer(request, "<fin xmlns='urn:xmpp:mam:2'/>"));
    await component.settle();
    await clients[0]?.send("<iq type='get' id='small'><metadata xmlns='urn:xmpp:mam:2'/></iq>");
    const next = await component.hear((stanza) => inner(stanza).attrs.id === "small", "a request after that");
    assertEquals(inner(next).attrs.from, clients[0]?.jid);
  },
  { lua: "annals_request_timeout = 3" },
);

/** A request that sets preferences. */
function preferences(jids: readonly string[]): string {
  const items = jids.map((jid) => `<jid>${jid}</jid>`).join("");
  return `<prefs xmlns='urn:xmpp:mam:2' default='always'><always/><never>${items}</never></prefs>`;
}

const TOO_LARGE: readonly [what: string, jids: readonly string[]][] = [
  ["more than 1,000 JIDs", Array.from({ length: 1001 }, (_, index) => `${index}@a.test`)],
  ["more than 64 KiB", Array.from({ length: 300 }, (_, index) => `${index}${"a".repeat(230)}@a.test`)],
];

for (const [what, jids] of TOO_LARGE) {
  onModule(`a set of preferences with ${what} goes no further than the module`, async (stage) => {
    const component = await stage.welcomeAll(["alice"]);
    const alice = await stage.enter("alice");
    const refused = await alice.request("set", preferences(jids));
    assertStringIncludes(String(refused), "policy-violation");
    assertStringIncludes(String(refused), "Expected at most 1000 JIDs in 65536 bytes");
    await component.settle();
    assertEquals(component.inbox.held.filter((stanza) => stanza.getChild("delegation")), []);
  });
}

onModule("an account sets one set of preferences at a time, of 1,000 JIDs at most", async (stage) => {
  const component = await stage.welcomeAll(["alice"]);
  const alice = await stage.enter("alice");
  const most = preferences(Array.from({ length: 1000 }, (_, index) => `${index}@a.test`));
  const first = alice.request("set", most);
  const request = await delegated(component);
  assertEquals(inner(request).getChild("prefs")?.getChild("never")?.children.length, 1000);
  const refused = await alice.request("set", preferences([]));
  assertEquals(refused.getChild("error")?.attrs.type, "wait");
  await component.answer(request, answer(request, most));
  assertEquals((await first).attrs.type, "result");
  await alice.send(`<iq type='set' id='next'>${preferences([])}</iq>`);
  assertEquals(inner(await delegated(component)).attrs.id, "next");
});

onModule("a query waits for the component, and is asked once it is greeted", async (stage) => {
  const alice = await stage.enter("alice");
  const first = alice.request("set", QUERY);
  const second = alice.request("get", "<metadata xmlns='urn:xmpp:mam:2'/>");
  const component = await stage.welcome();
  for (const [reply, payload] of [[first, "fin"], [second, "metadata"]] as const) {
    const request = await delegated(component);
    await component.answer(request, answer(request, `<${payload} xmlns='urn:xmpp:mam:2'/>`));
    assertEquals((await reply).getChild(payload, "urn:xmpp:mam:2")?.getName(), payload);
  }
}, { hold: 60 });

onModule(
  "a query that was under way is asked again on the next stream, unless a page of it has come",
  async (stage) => {
    const lost = await stage.welcome();
    const [alice, bob] = [await stage.enter("alice"), await stage.enter("bob")];
    const hers = alice.request("set", QUERY);
    await delegated(lost);
    const his = bob.request("set", QUERY);
    const request = await delegated(lost);
    const page = "<message><result xmlns='urn:xmpp:mam:2' id='1'/></message>";
    await lost.tell(
      `<page xmlns='annals:companion' request='${request.attrs.id}' sizes='${page.length}'><![CDATA[${page}]]></page>`,
    );
    await bob.receive((stanza) => stanza.getChild("result", "urn:xmpp:mam:2") !== undefined);
    await lost[Symbol.asyncDispose]();
    assertStringIncludes(String(await his), "recipient-unavailable");
    const component = await stage.welcome();
    const again = await delegated(component);
    await component.answer(again, answer(again, "<fin xmlns='urn:xmpp:mam:2'/>"));
    assertEquals((await hers).attrs.type, "result");
  },
  { hold: 60 },
);

onModule("a query that has waited in vain is refused, and the offline messages come by themselves", async (stage) => {
  const alice = await stage.enter("alice");
  await alice.send(chat(BOB, "Art thou not Romeo?"));
  await alice.settle();
  const bob = await stage.enter("bob", { presence: false });
  const reply = bob.request("set", QUERY);
  await bob.send("<presence/>");
  assertStringIncludes(String(await reply), "recipient-unavailable");
  await bob.message("Art thou not Romeo?");
}, { hold: 1 });

onModule("a query whose session is gone while it waits keeps nobody else's from being asked", async (stage) => {
  const bob = await stage.enter("bob");
  await bob.send(`<iq type='set' id='gone'>${QUERY}</iq>`);
  await bob.settle();
  const alice = await stage.enter("alice");
  await alice.send(`<iq type='set' id='hers'>${QUERY}</iq>`);
  await alice.settle();
  const before = stage.server.lines.length;
  await bob[Symbol.asyncDispose]();
  await stage.server.line((line) => line.includes("Client disconnected"), before);
  const component = await stage.welcome();
  assertEquals(inner(await delegated(component)).attrs.id, "hers");
}, { hold: 60 });

onModule("queries that were under way are asked again in their order", async (stage) => {
  const lost = await stage.welcome();
  const alice = await stage.enter("alice");
  const ids = Array.from({ length: 15 }, (_, index) => `q${index}`);
  for (const id of ids) await alice.send(`<iq type='set' id='${id}'>${QUERY}</iq>`);
  for (const _ of ids) await delegated(lost);
  await lost[Symbol.asyncDispose]();
  const component = await stage.welcome();
  const again: (string | undefined)[] = [];
  for (const _ of ids) again.push(inner(await delegated(component)).attrs.id);
  assertEquals(again, ids);
}, { hold: 60 });
