/** Features of the own account (XEP-0030), as a client sees them, by every path. */
import { assertEquals } from "@std/assert";
import type { Client } from "../support/client.ts";
import { onCompanion } from "./companion_stage.ts";
import { onEachServer } from "./stage.ts";

const ARCHIVE = ["urn:xmpp:mam:2", "urn:xmpp:mam:2#extended", "urn:xmpp:mam:2#groupchat-field"];

/** XEP-0359 §"Discovering support": ids of live messages can be trusted. */
const STANZA_IDS = "urn:xmpp:sid:0";

onEachServer("an account has the features of an archive, and without the module no stanza-ids", async (stage) => {
  const alice = await stage.enter("alice");
  assertEquals(await featuresOf(alice), ARCHIVE);
});

onCompanion("an account has stanza-ids and the features of an archive, also after a restart", async (scene) => {
  const alice = await scene.enter("alice");
  assertEquals(await featuresOf(alice), [...ARCHIVE, STANZA_IDS]);
  const before = scene.server.lines.length;
  await scene.annals.restart();
  await scene.server.line((line) => line.includes("Annals keeps the archives"), before);
  assertEquals(await featuresOf(alice), [...ARCHIVE, STANZA_IDS]);
});

/** The features that concern archives, in alphabetical order. */
async function featuresOf(client: Client): Promise<(string | undefined)[]> {
  const reply = await client.request("get", "<query xmlns='http://jabber.org/protocol/disco#info'/>", client.account);
  const features = reply.getChild("query")?.getChildren("feature").map(({ attrs }) => attrs.var) ?? [];
  return features.filter((feature) => /^urn:xmpp:(mam|sid):/.test(feature ?? "")).sort();
}
