import { assertEquals, assertStringIncludes } from "@std/assert";
import type { ScriptedComponent } from "../support/scripted_component.ts";
import { deleteAccount, reloadModule } from "../support/servers/prosody_shell.ts";
import { chat, type ModuleStage, onModule } from "./module_stage.ts";

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

async function assertNothingDeleted(component: ScriptedComponent): Promise<void> {
  await component.settle();
  assertEquals(component.inbox.held.filter((stanza) => stanza.getChild("deleted")), []);
}

/** Has each of them log in, ask for the archive and leave. */
async function useArchives(stage: ModuleStage, component: ScriptedComponent, users: readonly string[]): Promise<void> {
  for (const user of users) {
    await using client = await stage.enter(user);
    await client.send(`<iq type='set' id='1'>${QUERY}</iq>`);
    await component.hear((stanza) => stanza.getChild("delegation") !== undefined, `a request of ${user}`);
  }
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

onModule("a deletion that was acknowledged does not come again after a crash of the server", async (stage) => {
  const component = await stage.welcome();
  const bob = await stage.enter("bob");
  await bob.send("<iq type='set' id='1'><query xmlns='jabber:iq:register'><remove/></query></iq>");
  assertEquals((await component.told("deleted")).attrs.user, "bob");
  await component.acknowledge(1);
  await component.settle();
  await stage.server.kill();
  await stage.server.start();
  await assertNothingDeleted(await stage.welcome());
}, { lua: REGISTRATION });

onModule("a deletion outlives a crash of the server", async (stage) => {
  const bob = await stage.enter("bob");
  await bob.send("<iq type='set' id='1'><query xmlns='jabber:iq:register'><remove/></query></iq>");
  await stage.server.line((line) => line.includes("User removed their account"));
  await stage.server.kill();
  await stage.server.start();
  assertEquals((await (await stage.welcome()).told("deleted")).attrs.user, "bob");
}, { lua: REGISTRATION });

onModule("an archive without an account at two looks, an interval apart, is deleted", async (stage) => {
  const component = await stage.welcome();
  // The first look is at the greeting, and the second may come before the interval is over.
  for (let i = 0; i < 3; i++) await show(component, ["alice", "bob", "mallory"]);
  assertEquals((await component.told("deleted")).attrs.user, "mallory");
}, { lua: QUICKLY });

onModule("looks that follow each other sooner count as one", async (stage) => {
  for (let i = 0; i < 3; i++) {
    await using component = await stage.welcome();
    await show(component, ["alice", "mallory"]);
    await assertNothingDeleted(component);
  }
});

onModule("who has a session keeps the archive, whatever is said of the account", async (stage) => {
  const component = await stage.welcome();
  const _bob = await stage.enter("bob");
  await deleteAccount(stage.server, "bob");
  for (let i = 0; i < 4; i++) await show(component, ["alice", "bob"]);
  await assertNothingDeleted(component);
}, { lua: QUICKLY });

onModule("an account that is there again at the second look keeps its archive", async (stage) => {
  const component = await stage.welcome();
  await show(component, ["alice", "mallory"]);
  await stage.server.register("mallory");
  for (let i = 0; i < 4; i++) await show(component, ["alice", "mallory"]);
  await assertNothingDeleted(component);
}, { lua: QUICKLY });

for (const archives of [["alice"], ["alice", "bob"]]) {
  onModule(
    `where the accounts of all archives, here ${archives.length}, are missing, none is deleted`,
    async (stage) => {
      const component = await stage.welcome();
      await useArchives(stage, component, archives);
      const accounts = `${stage.server.site.folder}/data/example%2etest/accounts`;
      await Deno.rename(accounts, `${accounts}.away`);
      for (let i = 0; i < 4; i++) await show(component, archives);
      await stage.server.line((line) => line.includes(`None of the ${archives.length} archives has an account`));
      await assertNothingDeleted(component);
    },
    { lua: QUICKLY },
  );
}

onModule("nor is the only archive, where other accounts are seen", async (stage) => {
  const component = await stage.welcome();
  for (let i = 0; i < 4; i++) await show(component, ["mallory"]);
  await assertNothingDeleted(component);
}, { lua: QUICKLY });

const STORAGES = [
  ["files", ""],
  ["a database", `storage = "sql"\nsql = { driver = "SQLite3", database = "prosody.sqlite" }`],
] as const;

for (const [where, lua] of STORAGES) {
  onModule(`an account that prosodyctl made anew, in ${where}, reads nothing of the last one`, async (stage) => {
    const component = await stage.welcome();
    await useArchives(stage, component, ["bob"]);
    await deleteAccount(stage.server, "bob");
    await stage.server.register("bob");
    const next = await stage.enter("bob");
    assertStringIncludes(String(await next.request("set", QUERY)), "resource-constraint");
    assertEquals((await component.told("deleted")).attrs.user, "bob");
    await component.acknowledge(1);
    await stage.server.line((line) => line.includes("What the archive of bob held"));
    await next.send(`<iq type='set' id='1'>${QUERY}</iq>`);
    await component.hear((stanza) => stanza.getChild("delegation") !== undefined, "a request of bob");
    await assertNothingDeleted(component);
  }, { lua });
}

onModule("nor does one whose predecessor has only been written to, also after a restart", async (stage) => {
  const component = await stage.welcome();
  const alice = await stage.enter("alice");
  await alice.send(chat(BOB, "Art thou not Romeo?"));
  await component.entries(1);
  await stage.server.restart();
  await deleteAccount(stage.server, "bob");
  await stage.server.register("bob");
  const again = await stage.welcome();
  const next = await stage.enter("bob");
  assertStringIncludes(String(await next.request("set", QUERY)), "resource-constraint");
  assertEquals((await again.told("deleted")).attrs.user, "bob");
});

onModule("nor anything of a session that outlives its account", async (stage) => {
  const component = await stage.welcome();
  await useArchives(stage, component, ["bob"]);
  const last = await stage.enter("bob");
  await deleteAccount(stage.server, "bob");
  // So that the account is looked up again while the session is there.
  await reloadModule(stage.server, "annals");
  await component.welcome();
  await component.settle();
  assertStringIncludes(String(await last.request("set", QUERY)), "resource-constraint");
  await component.told("deleted");
  await component.acknowledge(1);
  await stage.server.line((line) => line.includes("What the archive of bob held"));
  await last.send(chat(BOB, "A note to myself"));
  await component.entries(1);
  await stage.server.register("bob");
  const next = await stage.enter("bob");
  assertStringIncludes(String(await next.request("set", QUERY)), "resource-constraint");
  assertEquals((await component.told("deleted")).attrs.user, "bob");
}, { lua: `modules_enabled = { "roster"; "saslauth"; "disco"; "ping"; "admin_shell"; "annals" }` });

onModule("what prosodyctl has deleted is certain: at the first look, and if it is the only archive", async (stage) => {
  let component = await stage.welcome();
  await useArchives(stage, component, ["bob"]);
  await component[Symbol.asyncDispose]();
  await deleteAccount(stage.server, "bob");
  component = await stage.welcome();
  await show(component, ["bob"]);
  assertEquals((await component.told("deleted")).attrs.user, "bob");
});

onModule("an account that cannot be looked up keeps its archive", async (stage) => {
  const { folder } = stage.server.site;
  await Deno.mkdir(`${folder}/data/example%2etest/accounts`, { recursive: true });
  await Deno.writeTextFile(`${folder}/data/example%2etest/accounts/mallory.dat`, "not Lua");
  const component = await stage.welcome();
  for (let i = 0; i < 4; i++) await show(component, ["alice", "mallory"]);
  await assertNothingDeleted(component);
}, { lua: QUICKLY });
