/** Prosody with the module that Annals brings, and Annals: what the standard path cannot do. */
import { assertEquals, assertNotEquals } from "@std/assert";
import { Annals } from "../../src/testing/annals.ts";
import { wholeArchive } from "../../src/testing/archive.ts";
import { Client } from "../../src/testing/client.ts";
import { startProsody } from "../../src/testing/servers/prosody.ts";
import type { Server } from "../../src/testing/servers/server.ts";
import { AVAILABLE } from "./stage.ts";

interface Scene {
  readonly server: Server;
  readonly annals: Annals;
  /** Logs in; the session ends with the test. */
  enter(user: string): Promise<Client>;
}

function onCompanion(name: string, play: (scene: Scene) => Promise<void>, lua = ""): void {
  Deno.test({
    name: `Prosody with Annals' module: ${name}`,
    ignore: !AVAILABLE.has("Prosody"),
    async fn(): Promise<void> {
      await using server = await startProsody({ companion: true, lua: `log = { info = "*console" }\n${lua}` });
      await using annals = await Annals.launch(server.site, { companion: true });
      await greeted(server);
      await using clients = new AsyncDisposableStack();
      await play({ server, annals, enter: async (user) => clients.use(await Client.login(server, user)) });
      assertEquals(annals.errors, []);
    },
  });
}

/** Waits until the module has the answer to its greeting: until then it passes no request on. */
async function greeted(server: Server, from = 0): Promise<void> {
  await server.line((line) => line.includes("Annals keeps the archives of this host"), from);
}

function chat(to: string, body: string): string {
  return `<message to='${to}@example.test' type='chat'><body>${body}</body></message>`;
}

onCompanion("what people receive live and what they find in the archive have one id", async ({ enter }) => {
  const [alice, bob] = [await enter("alice"), await enter("bob")];
  await alice.send(chat("bob", "one"));
  const live = await bob.message("one");
  await bob.send(chat("alice", "two"));
  await alice.message("two");
  const stanzaId = live.getChild("stanza-id", "urn:xmpp:sid:0");
  const [mine, his] = [await wholeArchive(alice), await wholeArchive(bob)];
  assertEquals([mine, his].map((archive) => archive.map(({ body }) => body)), [["one", "two"], ["one", "two"]]);
  assertEquals([stanzaId?.attrs.by, stanzaId?.attrs.id], ["bob@example.test", his[0]?.id]);
  assertNotEquals(mine[0]?.id, his[0]?.id);
});

onCompanion(
  "what is sent while Annals is away is there when it is back, once and in order",
  async ({ enter, annals, server }) => {
    const [alice, bob] = [await enter("alice"), await enter("bob")];
    const bodies: string[] = [];
    async function talk(): Promise<void> {
      for (let i = 0; i < 20; i++) {
        bodies.push(`message ${bodies.length}`);
        await alice.send(chat("bob", bodies.at(-1) ?? ""));
      }
      await bob.message(bodies.at(-1) ?? "");
    }
    await talk();
    await annals.kill();
    await talk();
    const from = server.lines.length;
    await annals.start();
    await greeted(server, from);
    await talk();
    for (const client of [alice, bob]) {
      // What the server still holds is on its way: a page says so until it is there.
      let found: string[] = [];
      while (found.length < bodies.length) found = (await wholeArchive(client)).map(({ body }) => body ?? "");
      assertEquals(found, bodies);
    }
  },
);

onCompanion("the next owner of a name finds nothing of the last one's", async ({ enter, annals, server }) => {
  const [alice, bob] = [await enter("alice"), await enter("bob")];
  await alice.send(chat("bob", "for Bob only"));
  await bob.message("for Bob only");
  assertEquals((await wholeArchive(bob)).length, 1);
  await bob.send("<iq type='set' id='gone'><query xmlns='jabber:iq:register'><remove/></query></iq>");
  await annals.event("account-deleted", { where: { account: "bob@example.test" } });
  await server.register("bob");
  assertEquals(await wholeArchive(await enter("bob")), []);
  assertEquals((await wholeArchive(alice)).length, 1);
}, `modules_enabled = { "roster"; "saslauth"; "disco"; "register"; "annals" }`);
