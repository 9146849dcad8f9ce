/** Hostile stanzas of a user: Annals stays on its stream, and archives the messages of others. */
import { assertEquals } from "@std/assert";
import { NS_MAM } from "../support/archive.ts";
import { chat, onCompanion, settledArchive } from "./companion_stage.ts";

const BOB = "bob@example.test";

/** Contents that a server takes, and that are too much for somebody, or end what they are put into. */
const HOSTILE: readonly string[] = [
  `<x xmlns='urn:deep'>${"<x>".repeat(2_000)}${"</x>".repeat(2_000)}</x>`,
  `<x xmlns='urn:wide' ${Array.from({ length: 500 }, (_, i) => `a${i}=''`).join(" ")}/>`,
  `<x xmlns='urn:long'>${"'".repeat(200_000)}</x>`,
  `<x xmlns='urn:a' xmlns:p=']]&gt;' p:a=']]&gt;'>]]&gt;]]&gt;&lt;/entry&gt;&lt;/batch&gt;</x>`,
  `<x xmlns=''>\u{10FFFF}\uFFFD\u0085\u2028\uE000&#13;&#9;</x>`,
  `<entry xmlns='annals:companion'/><batch xmlns='annals:companion' seq='1'/><stanza-id xmlns='urn:xmpp:sid:0'/>`,
];

onCompanion("nothing hostile that a user sends ends the stream", async ({ enter, annals }) => {
  // Bob is away: a client would not stand what he is sent.
  const [mallory, alice] = [await enter("carol"), await enter("alice")];
  for (const content of HOSTILE) {
    await mallory.send(`<message to='${BOB}' type='chat'><body>hostile</body>${content}</message>`);
    await mallory.request("set", `<query xmlns='${NS_MAM}'>${content}</query>`);
    await mallory.request("set", `<prefs xmlns='${NS_MAM}' default='always'>${content}</prefs>`);
  }
  await alice.send(chat(alice.account, "harmless"));
  await alice.message("harmless");
  assertEquals((await settledArchive(alice)).map(({ body }) => body), ["harmless"]);
  assertEquals(annals.lines.filter((line) => line.includes('"stream-failed"')), []);
}, { lua: `modules_disabled = { "s2s"; "tls"; "offline" }` }); // mod_offline does not stand the depth
