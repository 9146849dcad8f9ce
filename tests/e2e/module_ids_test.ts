import { assertEquals, assertMatch } from "@std/assert";
import { parse } from "../../src/xml/parse.ts";
import { chat, onModule, stanzaIds } from "./module_stage.ts";

const ALICE = "alice@example.test";
const BOB = "bob@example.test";

/** PROTOCOL.md §"Archive ids". */
const ARCHIVE_ID = /^[A-Za-z0-9_-]{22}$/;

onModule("a message is stamped for its recipient and handed over once, with both its ids", async (stage) => {
  const component = await stage.welcomeAll(["alice", "bob"]);
  const [alice, bob] = [await stage.enter("alice"), await stage.enter("bob")];
  await alice.send(chat(BOB, "Art thou not Romeo?"));
  const heard = await bob.message("Art thou not Romeo?");
  const [entry] = await component.entries(1);
  assertMatch(entry?.sent ?? "", ARCHIVE_ID);
  assertMatch(entry?.received ?? "", ARCHIVE_ID);
  assertEquals(stanzaIds(heard), { [BOB]: entry?.received });
  assertEquals(entry?.text.includes("stanza-id"), false);
  assertEquals([entry?.["sent-if"], entry?.["received-if"]], [undefined, undefined]);
});

onModule("carbons carry the id of the archive of whoever gets them (XEP-0280)", async (stage) => {
  const component = await stage.welcomeAll(["alice", "bob"]);
  const [alice, other] = [await stage.enter("alice"), await stage.enter("alice")];
  const bob = await stage.enter("bob");
  await other.enableCarbons();
  const carbon = async (direction: string) => {
    const stanza = await other.receive((stanza) => stanza.getChild(direction) !== undefined, `what was ${direction}`);
    return stanza.getChild(direction)?.getChild("forwarded")?.getChild("message") ?? stanza;
  };
  await alice.send(chat(BOB, "Art thou not Romeo?"));
  await bob.message("Art thou not Romeo?");
  await bob.send(chat(alice.jid, "Neither, fair saint"));
  const [first, second] = await component.entries(2);
  assertEquals(stanzaIds(await carbon("sent")), { [ALICE]: first?.sent });
  assertEquals(stanzaIds(await carbon("received")), { [ALICE]: second?.received });
});

onModule("an id that somebody else gave in the account's name is taken off (XEP-0359 §6)", async (stage) => {
  const component = await stage.welcomeAll(["alice", "bob"]);
  const [alice, bob] = [await stage.enter("alice"), await stage.enter("bob")];
  const spoofed = [BOB, "BOB@example.TEST", ALICE, "room@muc.example.test"]
    .map((by) => `<stanza-id xmlns='urn:xmpp:sid:0' by='${by}' id='spoofed'/>`).join("");
  await alice.send(chat(BOB, "Art thou not Romeo?", spoofed));
  const ids = stanzaIds(await bob.message("Art thou not Romeo?"));
  const [entry] = await component.entries(1);
  assertEquals(ids, { [BOB]: entry?.received, "room@muc.example.test": "spoofed" });
});

onModule("the text of an entry is the message", async (stage) => {
  const component = await stage.welcomeAll(["alice", "bob"]);
  const [alice, bob] = [await stage.enter("alice"), await stage.enter("bob")];
  const more = `<x xmlns='urn:a' xmlns:b='urn:b' b:c='&lt;&apos;' c='2'><y>]]&gt;</y><z xmlns='urn:b'/></x>`;
  await alice.send(chat(BOB, "&amp; &lt;]]&gt; \u{1F339}", more));
  const heard = await bob.message("& <]]> \u{1F339}");
  const [entry] = await component.entries(1);
  const text = parse(entry?.text ?? "");
  const [x, y] = [heard, text].map((message) => message.getChild("x"));
  for (const element of [x, y]) {
    const prefixed = Object.entries(element?.attrs ?? {}).find(([name]) => name.endsWith(":c"));
    assertEquals([prefixed?.[1], element?.attrs.c, element?.getChildText("y")], ["<'", "2", "]]>"]);
    assertEquals(element?.getChild("z")?.getNS(), "urn:b");
  }
  assertEquals([text.attrs.from, text.attrs.to, text.getChildText("body")], [alice.jid, BOB, "& <]]> \u{1F339}"]);
});

onModule("a message to oneself has one place in the archive", async (stage) => {
  const component = await stage.welcomeAll(["alice"]);
  const [alice, other] = [await stage.enter("alice"), await stage.enter("alice")];
  await alice.send(chat(other.jid, "A note"));
  const heard = await other.message("A note");
  await alice.send(`<message type='chat'><body>Another</body></message>`);
  const again = await alice.message("Another");
  const entries = await component.entries(2);
  assertEquals(entries.map(({ received }) => received), [undefined, undefined]);
  assertEquals([stanzaIds(heard), stanzaIds(again)], entries.map(({ sent }) => ({ [ALICE]: sent })));
});

onModule("what is rejected is in the sender's archive only; whoever does not exist has none", async (stage) => {
  const component = await stage.welcomeAll(["alice", "bob", "nobody"]);
  const [alice, bob] = [await stage.enter("alice"), await stage.enter("bob")];
  await bob.request("set", `<block xmlns='urn:xmpp:blocking'><item jid='${ALICE}'/></block>`);
  await alice.send(chat(BOB, "Art thou not Romeo?"));
  await alice.send(chat("nobody@example.test", "And thou?"));
  const entries = await component.entries(2);
  assertEquals(entries.map(({ sent, received }) => [sent !== undefined, received]), [[true, undefined], [
    true,
    undefined,
  ]]);
});

onModule("what is no conversation is neither stamped nor handed over", async (stage) => {
  const component = await stage.welcomeAll(["alice", "bob"]);
  const [alice, bob] = [await stage.enter("alice"), await stage.enter("bob")];
  const NOT_KEPT = [
    `<message to='${BOB}' type='headline'><body>0</body></message>`,
    `<message to='${BOB}' type='chat'><composing xmlns='http://jabber.org/protocol/chatstates'/></message>`,
    `<message to='${BOB}'><status xmlns='http://jabber.org/protocol/muc#user' code='100'/></message>`,
    chat(BOB, "1", "<no-store xmlns='urn:xmpp:hints'/>"),
    chat(BOB, "2", "<no-permanent-store xmlns='urn:xmpp:hints'/>"),
  ];
  for (const message of NOT_KEPT) await alice.send(message);
  await alice.send(chat(BOB, "The end"));
  const [received] = await bob.collect(
    (stanza) => stanza.is("message"),
    (stanza) => stanza.getChildText("body") === "The end",
    "what is not kept",
  );
  assertEquals(received.map(stanzaIds), NOT_KEPT.map(() => ({})));
  const entries = await component.entries(1);
  assertEquals(entries.map(({ text }) => /<body>(.*)<\/body>/.exec(text)?.[1]), ["The end"]);
});

onModule("the ids go on after the newest that Annals has", async (stage) => {
  const newest = 2 ** 52;
  const component = await stage.welcomeAll(["alice", "bob"], { newest: String(newest) });
  const alice = await stage.enter("alice");
  await alice.send(chat(BOB, "1"));
  const [entry] = await component.entries(1);
  const numbers = [entry?.sent, entry?.received].map((id = "") => {
    const bytes = Uint8Array.from(atob(id.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0));
    return Number(new DataView(bytes.buffer).getBigUint64(0));
  });
  assertEquals(numbers, [newest + 1, newest + 2]);
});
