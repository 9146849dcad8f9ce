import { assertEquals } from "@std/assert";
import type { Element } from "../../src/xml/element.ts";
import { chat, type ModuleStage, onModule, stanzaIds } from "./module_stage.ts";

const ALICE = "alice@example.test";
const BOB = "bob@example.test";
const NS = "xmlns='annals:companion'";

function preferences(user: string, prefs = ""): string {
  return `<preferences ${NS} user='${user}'>${prefs}</preferences>`;
}

function prefs(standard: string, always = "", never = ""): string {
  const list = (name: string, jid: string) => `<${name}>${jid && `<jid>${jid}</jid>`}</${name}>`;
  return `<prefs xmlns='urn:xmpp:mam:2' default='${standard}'>${list("always", always)}${list("never", never)}</prefs>`;
}

/** Sends a message from a new session of alice to one of bob; resolves to the message as bob got it. */
async function speak(stage: ModuleStage, body: string): Promise<Element> {
  const [alice, bob] = [await stage.enter("alice", { resource: `to-hear-${body}` }), await stage.enter("bob")];
  await alice.send(chat(BOB, body));
  return await bob.message(body);
}

/** XEP-0441, and the policy where nothing is set. Alice writes; whether it is archived for her. */
const RULES: readonly [rule: string, policy: string, prefs: string | undefined, archived: boolean][] = [
  ["the policy true", "true", undefined, true],
  ["the policy false", "false", undefined, false],
  ["the policy roster, a stranger", "roster", undefined, false],
  ["the default always", "false", prefs("always"), true],
  ["the default never", "true", prefs("never"), false],
  ["the default roster, a stranger", "true", prefs("roster"), false],
  ["always this one", "false", prefs("never", BOB), true],
  ["never this one", "true", prefs("always", "", BOB), false],
  ["never another resource", "true", prefs("always", "", `${BOB}/elsewhere`), true],
];

for (const [rule, policy, wanted, archived] of RULES) {
  onModule(`${rule}: ${archived ? "archived" : "not archived"}`, async (stage) => {
    const component = await stage.welcome({ policy });
    await component.tell(preferences("bob", prefs("always")));
    await component.tell(preferences("alice", wanted));
    const ids = stanzaIds(await speak(stage, "first"));
    const [entry] = await component.entries(1);
    assertEquals([entry?.sent !== undefined, entry?.["sent-if"]], [archived, undefined]);
    assertEquals(ids, { [BOB]: entry?.received });
  });
}

onModule("the roster is the one at hand", async (stage) => {
  const alice = await stage.enter("alice");
  await alice.request("set", `<query xmlns='jabber:iq:roster'><item jid='${BOB}'/></query>`);
  const component = await stage.welcomeAll(["alice", "bob"], { policy: "roster" });
  await speak(stage, "to a contact");
  const [entry] = await component.entries(1);
  assertEquals([entry?.sent !== undefined, entry?.received], [true, undefined]);
});

onModule("a message comes before the preferences: Annals is told what the roster says", async (stage) => {
  const alice = await stage.enter("alice");
  await alice.request("set", `<query xmlns='jabber:iq:roster'><item jid='${BOB}'/></query>`);
  const component = await stage.welcome();
  const ids = stanzaIds(await speak(stage, "early"));
  const [entry] = await component.entries(1);
  assertEquals([entry?.["sent-if"], entry?.["received-if"]], ["contact", "stranger"]);
  assertEquals(ids, { [BOB]: entry?.received });
  for (let i = 0; i < 2; i++) {
    const request = await component.asked("preferences");
    await component.answer(request, preferences(request.getChild("preferences")?.attrs.user ?? "", prefs("never")));
  }
  assertEquals(stanzaIds(await speak(stage, "late")), {});
});

onModule("changed preferences and settings hold for whatever comes after", async (stage) => {
  const component = await stage.welcomeAll(["alice", "bob"]);
  await speak(stage, "1");
  await component.tell(preferences("alice", prefs("never")));
  await component.tell(preferences("bob", prefs("never")));
  assertEquals(stanzaIds(await speak(stage, "2")), {});
  await component.tell(preferences("bob"));
  await speak(stage, "3");
  await component.tell(`<settings ${NS} policy='false'/>`);
  assertEquals(stanzaIds(await speak(stage, "4")), {});
  const entries = await component.entries(2);
  assertEquals(entries.map(({ sent, received }) => [sent, received].map((id) => id !== undefined)), [
    [true, true],
    [false, true],
  ]);
});

onModule("a chat state alone is stripped and leaves nothing; settings say what else is", async (stage) => {
  const component = await stage.welcomeAll(["alice", "bob"]);
  const [alice, bob] = [await stage.enter("alice"), await stage.enter("bob")];
  const receipt = `<message to='${BOB}' type='chat'><received xmlns='urn:xmpp:receipts' id='1'/></message>`;
  await alice.send(receipt);
  assertEquals(Object.keys(stanzaIds(await bob.receive((stanza) => stanza.is("message"), "a receipt"))), [BOB]);
  await component.tell(`<settings ${NS} policy='true'><strip namespace='urn:xmpp:receipts'/></settings>`);
  await alice.settle();
  await alice.send(receipt);
  assertEquals(stanzaIds(await bob.receive((stanza) => stanza.is("message"), "a receipt")), {});
  assertEquals((await component.entries(1)).map(({ text }) => text.includes(ALICE)), [true]);
});
