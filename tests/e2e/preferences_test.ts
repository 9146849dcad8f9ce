import { assertEquals } from "@std/assert";
import { condition, newestId, NS_MAM, wholeArchive } from "../support/archive.ts";
import type { Client } from "../support/client.ts";
import { onEachServer } from "./stage.ts";

/** XEP-0441. */
interface Preferences {
  readonly default: string;
  readonly always: readonly string[];
  readonly never: readonly string[];
}

onEachServer("a user's preferences decide what the own archive keeps (XEP-0441)", async (stage, t) => {
  const alice = await stage.enter("alice", { resource: "1" });
  const bob = await stage.enter("bob", { resource: "1" });
  const bob2 = await stage.enter("bob", { resource: "2" });

  await t.step("at first they are those of the configuration", async () => {
    assertEquals(await preferences(alice), { default: "always", always: [], never: [] });
  });
  for (const [number, [wanted, kept]] of EFFECTS.entries()) {
    await t.step(`${JSON.stringify(wanted)} keeps what is ${kept.join(", ")}`, async () => {
      assertEquals(await prefer(alice, wanted), wanted);
      assertEquals(await preferences(alice), wanted);
      const newest = await newestId(alice);
      for (const [from, to, body] of [[bob, alice, "from bob/1"], [bob2, alice, "from bob/2"]] as const) {
        await from.send(`<message to='${to.account}' type='chat'><body>${body}, ${number}</body></message>`);
        await to.message(`${body}, ${number}`);
      }
      await alice.send(`<message to='carol@example.test' type='chat'><body>to carol, ${number}</body></message>`);
      await alice.settle();
      const held = await wholeArchive(alice, { form: newest === undefined ? {} : { "after-id": newest } });
      assertEquals(held.map(({ body }) => body), kept.map((body) => `${body}, ${number}`));
    });
  }
  await t.step("they do not reach into other archives", async () => {
    assertEquals((await wholeArchive(bob)).length, EFFECTS.length * 2);
    assertEquals(await preferences(bob), { default: "always", always: [], never: [] });
  });
  await t.step("an unknown default is refused", async () => {
    const reply = await alice.request("set", `<prefs xmlns='${NS_MAM}' default='sometimes'><always/><never/></prefs>`);
    assertEquals(condition(reply), "bad-request");
  });
  await t.step("they outlive a restart", async () => {
    const wanted = { default: "never", always: ["bob@example.test"], never: ["carol@example.test/x"] };
    await prefer(alice, wanted);
    await stage.annals.restart();
    assertEquals(await preferences(alice), wanted);
  });
});

onEachServer("the policy `roster` keeps what is said with contacts", async (stage, t) => {
  const alice = await stage.enter("alice");
  const bob = await stage.enter("bob");
  await alice.request("set", `<query xmlns='jabber:iq:roster'><item jid='bob@example.test'/></query>`);
  await alice.send(`<message to='bob@example.test' type='chat'><body>to a contact</body></message>`);
  await alice.send(`<message to='carol@example.test' type='chat'><body>to a stranger</body></message>`);
  await bob.message("to a contact");
  await bob.send(`<message to='alice@example.test/nowhere' type='chat'><body>from a contact</body></message>`);
  await alice.message("from a contact");
  await t.step("in the archive of the one who has the contact", async () => {
    assertEquals((await wholeArchive(alice)).map(({ body }) => body), ["to a contact", "from a contact"]);
  });
  await t.step("not in that of the other", async () => assertEquals(await wholeArchive(bob), []));
  await t.step("the user's preference goes before the policy", async () => {
    assertEquals(await preferences(bob), { default: "roster", always: [], never: [] });
    await prefer(bob, { default: "always", always: [], never: [] });
    await alice.send(`<message to='bob@example.test' type='chat'><body>once more</body></message>`);
    await bob.message("once more");
    assertEquals((await wholeArchive(bob)).map(({ body }) => body), ["once more"]);
  });
}, { config: { default_archive_policy: "roster" } });

onEachServer("the policy `false` keeps nothing", async (stage) => {
  const alice = await stage.enter("alice");
  await alice.send(`<message type='chat'><body>note</body></message>`);
  await alice.settle();
  assertEquals(await wholeArchive(alice), []);
  assertEquals((await preferences(alice)).default, "never");
}, { config: { default_archive_policy: false } });

const EFFECTS: readonly (readonly [Preferences, readonly string[]])[] = [
  [{ default: "always", always: [], never: [] }, ["from bob/1", "from bob/2", "to carol"]],
  [{ default: "never", always: [], never: [] }, []],
  [{ default: "always", always: [], never: ["bob@example.test"] }, ["to carol"]],
  [{ default: "always", always: [], never: ["bob@example.test/2"] }, ["from bob/1", "to carol"]],
  [{ default: "never", always: ["bob@example.test/2"], never: [] }, ["from bob/2"]],
  [{ default: "never", always: ["carol@example.test"], never: [] }, ["to carol"]],
];

async function preferences(client: Client): Promise<Preferences> {
  return read(await client.request("get", `<prefs xmlns='${NS_MAM}'/>`));
}

async function prefer(client: Client, wanted: Preferences): Promise<Preferences> {
  const list = (name: "always" | "never"): string =>
    `<${name}>${wanted[name].map((jid) => `<jid>${jid}</jid>`).join("")}</${name}>`;
  const payload = `<prefs xmlns='${NS_MAM}' default='${wanted.default}'>${list("always")}${list("never")}</prefs>`;
  return read(await client.request("set", payload));
}

function read(reply: Awaited<ReturnType<Client["request"]>>): Preferences {
  const prefs = reply.getChild("prefs", NS_MAM);
  if (prefs === undefined) throw new Error(`Cannot read the preferences: ${reply}`);
  const list = (name: string): string[] => prefs.getChild(name)?.getChildren("jid").map((jid) => jid.getText()) ?? [];
  return { default: prefs.attrs.default ?? "", always: list("always"), never: list("never") };
}
