/** Misuse and accidents of the module, which others must not feel. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import type { ScriptedComponent } from "../support/scripted_component.ts";
import { reloadModule } from "../support/servers/prosody_shell.ts";
import type { Element } from "../../src/xml/element.ts";
import { chat, onModule, stanzaIds } from "./module_stage.ts";

const BOB = "bob@example.test";
const QUERY = "<query xmlns='urn:xmpp:mam:2'/>";

function delegated(component: ScriptedComponent): Promise<Element> {
  return component.hear((stanza) => stanza.getChild("delegation") !== undefined, "a request of a user");
}

function answer(id: string, payload: string): string {
  return `<delegation xmlns='urn:xmpp:delegation:2'><forwarded xmlns='urn:xmpp:forward:0'>` +
    `<iq xmlns='jabber:client' type='result' id='${id}'>${payload}</iq></forwarded></delegation>`;
}

onModule("nobody gets the answer to what was asked before the module was loaded again", async (stage) => {
  const component = await stage.welcomeAll(["alice", "bob"]);
  const [alice, bob] = [await stage.enter("alice"), await stage.enter("bob")];
  // As many as the module may have sent on its own account since it was loaded again.
  const open: Element[] = [];
  for (let i = 0; i < 5; i++) {
    await alice.send(`<iq type='set' id='hers'>${QUERY}</iq>`);
    open.push(await delegated(component));
  }
  const from = stage.server.lines.length;
  await reloadModule(stage.server, "annals");
  await component.welcome();
  await stage.server.line((line) => line.includes("Annals keeps the archives"), from);
  const reply = bob.request("set", QUERY);
  const request = await delegated(component);
  for (const before of open) {
    await component.tell(
      `<page xmlns='annals:companion' request='${before.attrs.id}'><![CDATA[<message><body>hers</body></message>]]></page>`,
    );
    await component.answer(before, answer("hers", "<fin xmlns='urn:xmpp:mam:2'/>"));
  }
  await component.answer(request, answer("his", "<fin xmlns='urn:xmpp:mam:2' complete='true'/>"));
  assertEquals((await reply).getChild("fin")?.attrs.complete, "true");
  assertEquals(bob.pending.filter((stanza) => stanza.is("message")), []);
}, { lua: `modules_enabled = { "roster"; "saslauth"; "disco"; "ping"; "admin_shell"; "annals" }` });

onModule(
  "a request that is too large when it is escaped is refused, since it might cost everybody the stream",
  async (stage) => {
    const component = await stage.welcomeAll(["alice"]);
    const alice = await stage.enter("alice");
    const query = `<query xmlns='urn:xmpp:mam:2'><x>${"'".repeat(200_000)}</x></query>`;
    assertStringIncludes(String(await alice.request("set", query)), "policy-violation");
    assertEquals(component.inbox.held.filter((stanza) => stanza.getChild("delegation")), []);
  },
);

onModule("who has asked for the archive in vain gets the offline messages", async (stage) => {
  const alice = await stage.enter("alice");
  await alice.send(chat(BOB, "Art thou not Romeo?"));
  await alice.settle();
  const bob = await stage.enter("bob", { presence: false });
  assertStringIncludes(String(await bob.request("set", QUERY)), "recipient-unavailable");
  await bob.send("<presence/>");
  await bob.message("Art thou not Romeo?");
});

onModule("by the policy roster notes to oneself are kept", async (stage) => {
  const component = await stage.welcomeAll(["alice", "bob"], { policy: "roster" });
  const alice = await stage.enter("alice");
  await alice.send(chat(BOB, "a stranger") + chat(alice.account, "A note"));
  const heard = await alice.message("A note");
  const entries = await component.entries(1);
  assertEquals(entries.map(({ text }) => /<body>(.*)<\/body>/.exec(text)?.[1]), ["A note"]);
  assertEquals(stanzaIds(heard), { [alice.account]: entries[0]?.sent });
});
