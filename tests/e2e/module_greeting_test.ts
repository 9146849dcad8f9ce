import { loadedModules, loadModule, unloadModule } from "../support/servers/prosody_shell.ts";
import { assertEquals, assertStringIncludes } from "@std/assert";
import type { ScriptedComponent } from "../support/scripted_component.ts";
import type { Element } from "../../src/xml/element.ts";
import { chat, onModule, stanzaIds } from "./module_stage.ts";

const BOB = "bob@example.test";

onModule("it greets in its version, and shows the features that it is answered with", async (stage) => {
  const alice = await stage.enter("alice");
  const component = await stage.connect();
  const greeting = await component.greeting();
  assertEquals([greeting.attrs.from, greeting.attrs.to, greeting.attrs.type], [
    "example.test",
    "archive.example.test",
    "set",
  ]);
  assertEquals(greeting.getChild("greeting")?.attrs.version, "1");
  const features = async () => {
    const reply = await alice.request("get", "<query xmlns='http://jabber.org/protocol/disco#info'/>");
    const all = reply.getChild("query")?.getChildren("feature").map(({ attrs }) => attrs.var) ?? [];
    return ["urn:xmpp:mam:2", "urn:xmpp:mam:2#extended", "urn:xmpp:sid:0", "urn:example:more"]
      .filter((feature) => all.includes(feature));
  };
  assertEquals(await features(), ["urn:xmpp:mam:2", "urn:xmpp:mam:2#extended", "urn:xmpp:sid:0"]);
  await component.answer(
    greeting,
    `<greeting xmlns='annals:companion' version='1' newest='1'><feature var='urn:example:more'/></greeting>`,
  );
  await stage.server.line((line) => line.includes("Annals keeps the archives"));
  // XEP-0359: the module gives the ids out, so it says so, whatever the answer holds.
  assertEquals(await features(), ["urn:xmpp:sid:0", "urn:example:more"]);
});

onModule("where the versions differ, it says so and keeps what it has", async (stage) => {
  const [alice, bob] = [await stage.enter("alice"), await stage.enter("bob")];
  const old = await stage.connect();
  await old.refuse(await old.greeting(), "feature-not-implemented", "Found version 1, expected 2");
  await stage.server.line((line) => line.includes("Found version 1, expected 2"));
  await alice.send(chat(BOB, "Art thou not Romeo?"));
  const heard = await bob.message("Art thou not Romeo?");
  const reply = await alice.request("set", "<query xmlns='urn:xmpp:mam:2'/>");
  assertStringIncludes(String(reply), "recipient-unavailable");
  await old[Symbol.asyncDispose]();
  const component = await stage.welcome();
  const [entry] = await component.entries(1);
  assertEquals(stanzaIds(heard), { [BOB]: entry?.received });
});

for (
  const [what, answer] of [
    ["refused", (component, greeting) => component.refuse(greeting, "feature-not-implemented", "Not yet")],
    ["not answered", () => Promise.resolve()],
  ] satisfies [string, (component: ScriptedComponent, greeting: Element) => Promise<void>][]
) {
  onModule(`a greeting that is ${what} is repeated on the same stream`, async (stage) => {
    const component = await stage.connect();
    await answer(component, await component.greeting());
    await component.welcome();
    await stage.server.line((line) => line.includes("Annals keeps the archives"));
  }, { lua: "annals_request_timeout = 1" });
}

onModule("it says that the component is not there which it is to talk to", async (stage) => {
  await stage.server.line((line) => line.includes(`There is no Component "elsewhere.test"`));
  const alice = await stage.enter("alice");
  assertStringIncludes(String(await alice.request("set", "<query xmlns='urn:xmpp:mam:2'/>")), "recipient-unavailable");
}, { lua: `VirtualHost "example.net"\n  modules_enabled = { "annals" }\n  annals_component = "elsewhere.test"` });

onModule("an answer of another version is no greeting", async (stage) => {
  const component = await stage.connect();
  await component.answer(await component.greeting(), `<greeting xmlns='annals:companion' version='2'/>`);
  await stage.server.line((line) => line.includes("does not answer the greeting of version 1"));
  const alice = await stage.enter("alice");
  assertStringIncludes(String(await alice.request("set", "<query xmlns='urn:xmpp:mam:2'/>")), "recipient-unavailable");
});

onModule("it takes the place of mod_mam, whichever of them is loaded first", async (stage) => {
  await stage.server.line((line) => line.includes("mod_mam is unloaded: Annals keeps the archives of this host"));
  const archives = async () => (
    (await loadedModules(stage.server, "example.test")).filter((module) => ["annals", "mam"].includes(module))
  );
  assertEquals(await archives(), ["annals"]);
  await loadModule(stage.server, "mam", "example.test");
  assertEquals(await archives(), ["annals"]);
  await unloadModule(stage.server, "annals", "example.test");
  assertEquals(await archives(), ["mam"]);
}, { lua: `modules_enabled = { "roster"; "saslauth"; "disco"; "admin_shell"; "annals"; "mam" }` });

onModule("nothing malformed that the component says stops it", async (stage) => {
  const component = await stage.welcomeAll(["alice", "bob"]);
  const NS = "xmlns='annals:companion'";
  const MALFORMED = [
    `<ack ${NS}/>`,
    `<preferences ${NS}/>`,
    `<preferences ${NS} user='carol'><prefs xmlns='urn:xmpp:mam:2' default='sometimes'><always/></prefs></preferences>`,
    `<preferences ${NS} user='carol'><prefs xmlns='urn:xmpp:mam:2'><never><jid/><jid><x/></jid></never></prefs></preferences>`,
    `<settings ${NS}><strip/></settings>`,
    `<page ${NS}/>`,
    `<page ${NS} request='none'><result xmlns='urn:xmpp:mam:2'/></page>`,
    `<unknown ${NS}/>`,
    ``,
    `text`,
  ];
  for (const payload of MALFORMED) await component.tell(payload);
  await component.send(`<iq type='result' id='none' from='archive.example.test' to='example.test'/>`);
  await component.send(`<iq type='result' from='archive.example.test' to='example.test'/>`);
  await component.tell(`<settings ${NS} policy='true'/>`);
  const [alice, bob] = [await stage.enter("alice"), await stage.enter("bob")];
  await alice.send(chat(BOB, "Art thou not Romeo?"));
  const heard = await bob.message("Art thou not Romeo?");
  const [entry] = await component.entries(1);
  assertEquals(stanzaIds(heard), { [BOB]: entry?.received });
  assertEquals([stage.logged("Traceback"), stage.logged("traceback")], [0, 0]);
});

onModule("an older Annals, which sends no table of conversation, is handed what it may judge", async (stage) => {
  const [alice, bob] = [await stage.enter("alice"), await stage.enter("bob")];
  const component = await stage.connect();
  await component.answer(
    await component.greeting(),
    `<greeting xmlns='annals:companion' version='1' newest='1'><settings policy='true'/></greeting>`,
  );
  await stage.server.line((line) => line.includes("it is older than this module"));
  const omemo = "<encrypted xmlns='urn:xmpp:omemo:2'/>";
  await alice.send(`<message id='omemo' type='chat' to='${BOB}'>${omemo}</message>`);
  await bob.receive(({ attrs }) => attrs.id === "omemo", "the message");
  const [entry] = await component.entries(1);
  assertStringIncludes(entry?.text ?? "", "omemo");
});
