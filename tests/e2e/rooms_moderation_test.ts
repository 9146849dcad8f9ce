import { assertEquals, assertStringIncludes } from "@std/assert";
import { readXml } from "../support/codec.ts";
import type { Client } from "../support/client.ts";
import type { Element } from "../../src/xml/element.ts";
import { stanzaIds } from "./module_stage.ts";
import { configure, featuresOf, handed, hears, join, onRooms, ROOMS, type RoomStage, say, TEA } from "./rooms_stage.ts";

const RETRACT = "urn:xmpp:message-retract:1";
const MODERATE = "urn:xmpp:message-moderate:1";
const OCCUPANT_ID = "urn:xmpp:occupant-id:0";

/** XEP-0425: a moderator's request. */
function moderate(id: string, reason = "off topic"): string {
  return `<moderate xmlns='${MODERATE}' id='${id}'><retract xmlns='${RETRACT}'/><reason>${reason}</reason></moderate>`;
}

/** XEP-0424: a retraction by the author. */
function retract(id: string, own: string): string {
  return `<message type='groupchat' to='${TEA}' id='${own}'><retract xmlns='${RETRACT}' id='${id}'/></message>`;
}

/** Says something, and returns the id that the room gave it. */
async function saidAs(client: Client, body: string): Promise<string> {
  await client.send(say(body));
  return stanzaIds(await hears(client, body))[TEA] ?? "";
}

function condition(answer: Element): [type: string | undefined, condition: string | undefined] {
  const error = answer.getChild("error");
  return [error?.attrs.type, error?.getChildElements()[0]?.getName()];
}

onRooms("a moderator's retraction is broadcast by the room, and archived", async (stage) => {
  const component = await stage.welcome();
  const [alice, bob] = [await stage.enter("alice"), await stage.enter("bob")];
  await join(alice, "Alice");
  await join(bob, "Bob");
  assertEquals((await featuresOf(bob)).filter((name) => name === MODERATE), [MODERATE]);
  const id = await saidAs(bob, "spam");
  await handed(component, 1);
  const answer = alice.request("set", moderate(id), TEA);
  const question = await component.asked("find");
  assertEquals({ ...question.getChild("find")?.attrs }, { xmlns: "annals:companion", room: "tea", id });
  await component.answer(question, "");
  assertEquals((await answer).attrs.type, "result");
  const told = await bob.receive((stanza) => stanza.getChild("retract", RETRACT) !== undefined, "the retraction");
  const retraction = told.getChild("retract", RETRACT);
  const moderated = retraction?.getChild("moderated", MODERATE);
  assertEquals([told.attrs.from, told.attrs.type, retraction?.attrs.id], [TEA, "groupchat", id]);
  assertEquals([moderated?.attrs.by, retraction?.getChildText("reason")], [`${TEA}/Alice`, "off topic"]);
  const [entry] = await handed(component, 1);
  assertEquals([entry?.room, entry?.jid], [stanzaIds(told)[TEA], undefined]);
  const [owner] = [await saidAs(alice, "mine")];
  const own = (await handed(component, 1))[0]?.["occupant-id"];
  assertEquals([owner === "", moderated?.getChild("occupant-id", OCCUPANT_ID)?.attrs.id], [false, own]);
});

onRooms("nobody but a moderator moderates, and only what is there", async (stage) => {
  const component = await stage.welcome();
  const [alice, bob] = [await stage.enter("alice"), await stage.enter("bob")];
  await join(alice, "Alice");
  await join(bob, "Bob");
  const id = await saidAs(alice, "fine");
  await handed(component, 1);
  assertEquals(condition(await bob.request("set", moderate(id), TEA)), ["auth", "forbidden"]);
  const answer = alice.request("set", moderate("nothing"), TEA);
  await component.refuse(await component.asked("find"), "item-not-found", "No such message");
  assertEquals(condition(await answer), ["cancel", "item-not-found"]);
  const incomplete = await alice.request("set", `<moderate xmlns='${MODERATE}' id='${id}'/>`, TEA);
  assertEquals(condition(incomplete), ["modify", "bad-request"]);
});

onRooms("where Annals keeps no tombstones, nobody is told that the room moderates", async (stage) => {
  await stage.welcome({ tombstones: false });
  const alice = await stage.enter("alice");
  await join(alice, "Alice");
  assertEquals((await featuresOf(alice)).includes(MODERATE), false);
  assertEquals(condition(await alice.request("set", moderate("x"), TEA)), ["cancel", "service-unavailable"]);
});

onRooms("moderation is left to mod_muc_moderation where that is loaded, and the log says so", async (stage) => {
  await stage.welcome();
  const alice = await stage.enter("alice");
  await join(alice, "Alice");
  assertEquals((await featuresOf(alice)).includes(MODERATE), false);
  assertEquals(stage.logged("mod_muc_moderation is loaded"), 1);
}, { lua: `  modules_enabled = { "muc_moderation", "annals" }\n` });

/** Files that the module has in the server's storage. */
async function storedTexts({ server: { site } }: RoomStage): Promise<string[]> {
  const folder = `${site.folder}/data/${ROOMS.replaceAll(".", "%2e")}/annals`;
  return await Promise.all(
    (await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => Deno.readTextFile(`${folder}/${name}`)),
  );
}

/** Retractions of a message of Bob's: who retracts, and whether it is his to retract. */
const RETRACTIONS: readonly [who: string, isAuthor: boolean][] = [["Bob", true], ["Alice", false]];

for (const [who, isAuthor] of RETRACTIONS) {
  onRooms(`what waits for Annals ${isAuthor ? "loses" : "keeps"} its words when ${who} retracts it`, async (stage) => {
    const component = await stage.welcome();
    const [alice, bob] = [await stage.enter("alice"), await stage.enter("bob")];
    await join(alice, "Alice");
    await join(bob, "Bob");
    await configure(alice, { "muc#roomconfig_persistentroom": "1" });
    await saidAs(alice, "first");
    await handed(component, 1);
    await component[Symbol.asyncDispose]();
    await stage.server.line((line) => line.includes("Annals is away"));
    await saidAs(alice, "before");
    const id = await saidAs(bob, "secret");
    await saidAs(alice, "after");
    // Something in the storage, too.
    await stage.server.line((line) => line.includes("Stored what waits for Annals: 3"));
    await (who === "Bob" ? bob : alice).send(retract(id, "r"));
    await hears(alice, "r");
    assertEquals((await storedTexts(stage)).some((text) => text.includes("secret</body>")), !isAuthor);
    const carol = await stage.enter("carol");
    await join(carol, "Carol");
    const shown = carol.drain().filter((stanza) => stanza.getChild("body") !== undefined).map(({ attrs }) => attrs.id);
    assertEquals(shown.includes("secret"), !isAuthor);
    const again = await stage.welcome();
    const entries = await handed(again, 4);
    assertEquals(entries.map(({ text }) => readXml(text).attrs.id), ["before", "secret", "after", "r"]);
    const [, entry] = entries;
    const message = readXml(entry?.text ?? "");
    assertEquals([entry?.room, entry?.jid], [id, bob.jid]);
    assertEquals(message.getChildText("body"), isAuthor ? null : "secret");
    const retracted = message.getChild("retracted", RETRACT);
    assertEquals(retracted?.attrs.id, isAuthor ? "r" : undefined);
    assertEquals(entry?.text.includes("secret</body>"), !isAuthor);
    if (isAuthor) assertStringIncludes(entry?.text ?? "", OCCUPANT_ID);
  }, { log: "debug" });
}

onRooms("somebody cannot have an entry rewritten that only looks like one", async (stage) => {
  const alice = await stage.enter("alice");
  await join(alice, "Alice");
  const component = await stage.welcome();
  await saidAs(alice, "first");
  await handed(component, 1);
  await component[Symbol.asyncDispose]();
  await stage.server.line((line) => line.includes("Annals is away"));
  const id = await saidAs(alice, "real");
  const fake = `<entry xmlns='annals:companion' at='1' room='${id}' occupant-id='x'/>`;
  await alice.send(say("fake", { more: fake }));
  await hears(alice, "fake");
  await alice.send(retract(id, "r"));
  await hears(alice, "r");
  const again = await stage.welcome();
  const bodies = (await handed(again, 3)).map(({ text }) => readXml(text).getChildText("body"));
  assertEquals(bodies, [null, "fake", null]);
});

onRooms("a correction goes with what it corrects: whoever joins is shown neither", async (stage) => {
  const component = await stage.welcome();
  const [alice, bob] = [await stage.enter("alice"), await stage.enter("bob")];
  await join(alice, "Alice");
  const id = await saidAs(alice, "teh");
  await alice.send(say("the", { more: "<replace xmlns='urn:xmpp:message-correct:0' id='teh'/>" }));
  await alice.send(say("other"));
  await alice.send(retract(id, "r"));
  await hears(alice, "r");
  await join(bob, "Bob");
  const shown = bob.drain().flatMap((stanza) => stanza.getChildText("body") ?? []);
  assertEquals(shown, ["other"]);
  assertEquals((await handed(component, 4)).length, 4);
});

onRooms("a retraction does not touch another's message of the same id", async (stage) => {
  const component = await stage.welcome();
  const [alice, bob] = [await stage.enter("alice"), await stage.enter("bob")];
  await join(alice, "Alice");
  await join(bob, "Bob");
  await saidAs(alice, "first");
  await handed(component, 1);
  await alice.send(say("by Alice", { id: "same" }));
  await hears(alice, "same");
  await bob.send(say("by Bob", { id: "same" }));
  const id = stanzaIds(await hears(alice, "same"))[TEA] ?? "";
  await handed(component, 2);
  const moderated = alice.request("set", moderate(id), TEA);
  await component.answer(await component.asked("find"), "");
  await moderated;
  const carol = await stage.enter("carol");
  await join(carol, "Carol");
  assertEquals(carol.drain().flatMap((stanza) => stanza.getChildText("body") ?? []), ["first", "by Alice"]);
});
