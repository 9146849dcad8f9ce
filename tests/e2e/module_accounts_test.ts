import { assertEquals, assertStringIncludes } from "@std/assert";
import type { ScriptedComponent } from "../../src/testing/scripted_component.ts";
import { chat, onModule } from "./module_stage.ts";

const BOB = "bob@example.test";
const QUERY = "<query xmlns='urn:xmpp:mam:2'/>";
const REGISTRATION = `modules_enabled = { "roster"; "saslauth"; "disco"; "register"; "annals" }`;
const QUICKLY = `annals_check_interval = 0.1`;

/** Answers the next look through all archives with these. */
async function show(component: ScriptedComponent, users: readonly string[]): Promise<void> {
  const request = await component.asked("archives");
  assertEquals(request.getChild("archives")?.attrs.after, undefined);
  const list = (names: readonly string[]) =>
    `<archives xmlns='annals:companion'>${names.map((user) => `<archive user='${user}'/>`).join("")}</archives>`;
  await component.answer(request, list(users));
  const next = await component.asked("archives");
  assertEquals(next.getChild("archives")?.attrs.after, users.at(-1));
  await component.answer(next, list([]));
}

onModule("an account that is deleted takes its archive along: in its turn, and nothing passes it", async (stage) => {
  const component = await stage.welcomeAll(["alice", "bob"]);
  const [alice, bob] = [await stage.enter("alice"), await stage.enter("bob")];
  await alice.send(chat(BOB, "before"));
  await bob.message("before");
  await bob.send("<iq type='set' id='1'><query xmlns='jabber:iq:register'><remove/></query></iq>");
  await stage.server.line((line) => line.includes("User removed their account"));
  await alice.send(chat(alice.account, "after"));
  await alice.settle();
  assertEquals(component.inbox.held.filter((stanza) => stanza.getChild("deleted")), []);
  assertEquals((await component.told("batch")).attrs.seq, "1");
  await component.acknowledge(1);
  const deleted = await component.told("deleted");
  assertEquals([deleted.attrs.seq, deleted.attrs.user], ["2", "bob"]);
  await alice.settle();
  assertEquals(component.inbox.held.filter((stanza) => stanza.getChild("batch")), []);
  await component.acknowledge(2);
  assertEquals((await component.entries(1)).map(({ text }) => text.includes("after")), [true]);
}, { lua: REGISTRATION });

onModule("a deletion waits for Annals as messages do, and the name's next owner with it", async (stage) => {
  const bob = await stage.enter("bob");
  await bob.send("<iq type='set' id='1'><query xmlns='jabber:iq:register'><remove/></query></iq>");
  await stage.server.line((line) => line.includes("User removed their account"));
  await stage.server.register("bob");
  await stage.server.restart();
  const component = await stage.welcome();
  assertEquals((await component.told("deleted")).attrs.user, "bob");
  const next = await stage.enter("bob");
  assertStringIncludes(String(await next.request("set", QUERY)), 'type="wait"');
  await component.acknowledge(1);
  await stage.server.line((line) => line.includes("What the archive of bob held"));
  await next.send(`<iq type='set' id='1'>${QUERY}</iq>`);
  await component.hear((stanza) => stanza.getChild("delegation") !== undefined, "a request of bob");
}, { lua: REGISTRATION });

onModule("a deletion outlives a crash of the server", async (stage) => {
  const bob = await stage.enter("bob");
  await bob.send("<iq type='set' id='1'><query xmlns='jabber:iq:register'><remove/></query></iq>");
  await stage.server.line((line) => line.includes("User removed their account"));
  await stage.server.kill();
  await stage.server.start();
  assertEquals((await (await stage.welcome()).told("deleted")).attrs.user, "bob");
}, { lua: REGISTRATION });

onModule("an archive without an account at two looks in a row is deleted", async (stage) => {
  const component = await stage.welcome();
  for (let i = 0; i < 2; i++) await show(component, ["alice", "bob", "mallory"]);
  assertEquals((await component.told("deleted")).attrs.user, "mallory");
}, { lua: QUICKLY });

onModule("an account that is there again at the second look keeps its archive", async (stage) => {
  const component = await stage.welcome();
  await show(component, ["alice", "mallory"]);
  await stage.server.register("mallory");
  for (let i = 0; i < 3; i++) await show(component, ["alice", "mallory"]);
  assertEquals(component.inbox.held.filter((stanza) => stanza.getChild("deleted")), []);
}, { lua: QUICKLY });

onModule("where no archive seems to have an account, none is deleted", async (stage) => {
  const component = await stage.welcome();
  for (let i = 0; i < 3; i++) await show(component, ["mallory", "trudy"]);
  await stage.server.line((line) => line.includes("None of the 2 archives has an account"));
  assertEquals(component.inbox.held.filter((stanza) => stanza.getChild("deleted")), []);
}, { lua: QUICKLY });

onModule("an account that cannot be looked up keeps its archive", async (stage) => {
  const { folder } = stage.server.site;
  await Deno.mkdir(`${folder}/data/example%2etest/accounts`, { recursive: true });
  await Deno.writeTextFile(`${folder}/data/example%2etest/accounts/mallory.dat`, "not Lua");
  const component = await stage.welcome();
  for (let i = 0; i < 3; i++) await show(component, ["alice", "mallory"]);
  assertEquals(component.inbox.held.filter((stanza) => stanza.getChild("deleted")), []);
}, { lua: QUICKLY });
