/** ejabberd beside other components, beside mod_mam, and when it loads its modules anew. */
import { assertEquals } from "@std/assert";
import { Annals } from "../support/annals.ts";
import { wholeArchive } from "../support/archive.ts";
import { Client } from "../support/client.ts";
import { ScriptedComponent } from "../support/scripted_component.ts";
import { startEjabberd } from "../support/servers/ejabberd.ts";
import { reloadConfig } from "../support/servers/ejabberd_admin.ts";
import { paste, unconnected } from "./printed.ts";
import { AVAILABLE } from "./stage.ts";

const ignore = !AVAILABLE.has("ejabberd");
const OTHER = "other-component.test";

Deno.test({
  name: "another component of the same listener gets nothing that is for Annals, and may go",
  ignore,
  async fn(): Promise<void> {
    await using server = await unconnected("ejabberd", { secret: "s3cret" });
    await using annals = await Annals.prepare(server.site);
    const change = (text: string) => text.replace("hosts: { ", `hosts: { "${OTHER}": { password: "s3cret" }, `);
    await paste(server, annals, { args: ["ejabberd"], change });
    await server.start();
    await annals.start();
    await using alice = await Client.login(server, "alice");
    await using bob = await Client.login(server, "bob");
    const bodies = Array.from({ length: 20 }, (_, index) => `Line ${index}`);
    {
      await using other = await ScriptedComponent.connect({ ...server.site, component: OTHER });
      for (const body of bodies) {
        await say(alice, bob, body);
        assertEquals((await wholeArchive(bob)).at(-1)?.body, body);
      }
      assertEquals(other.inbox.held.length, 0);
    }
    assertEquals((await wholeArchive(alice)).map(({ body }) => body), bodies);
    assertEquals(annals.errors, []);
  },
});

Deno.test({
  name: "mod_mam goes on keeping the history of rooms, and users read what Annals keeps",
  ignore,
  async fn(): Promise<void> {
    await using server = await startEjabberd({
      modules: {
        mod_mam: { default: "never", db_type: "mnesia" },
        mod_muc: { host: "rooms.@HOST@", default_room_options: { mam: true, persistent: true } },
      },
    });
    await using annals = await Annals.launch(server.site);
    await using alice = await Client.login(server, "alice");
    await using bob = await Client.login(server, "bob");
    await say(alice, bob, "Art thou not Romeo?");
    const room = `balcony@rooms.${server.host}`;
    await alice.send(`<presence to='${room}/juliet'><x xmlns='http://jabber.org/protocol/muc'/></presence>`);
    await alice.receive(
      (stanza) => stanza.is("presence") && stanza.attrs.from === `${room}/juliet`,
      "herself in the room",
    );
    await alice.send(`<message to='${room}' type='groupchat'><body>O Romeo, Romeo!</body></message>`);
    await alice.message("O Romeo, Romeo!");
    for (const client of [alice, bob]) {
      assertEquals((await wholeArchive(client)).map(({ body }) => body), ["Art thou not Romeo?"]);
    }
    await alice.send(`<iq type='set' to='${room}' id='room'><query xmlns='urn:xmpp:mam:2'/></iq>`);
    await alice.receive(
      (stanza) => stanza.is("message") && stanza.toString().includes("O Romeo, Romeo!"),
      "its history",
    );
    assertEquals(annals.errors, []);
  },
});

type Modules = Readonly<Record<string, unknown>>;

const RELOADS: Readonly<Record<string, readonly ((modules: Modules) => Modules)[]>> = {
  "mod_mam begins to answer": [(modules) => ({ ...modules, mod_mam: { default: "always", db_type: "mnesia" } })],
  "mod_delegation is loaded anew": [({ mod_delegation: _, ...modules }) => modules, (modules) => modules],
};

for (const [name, changes] of Object.entries(RELOADS)) {
  Deno.test({
    name: `when ${name}, Annals asks for the delegation again`,
    ignore,
    async fn(): Promise<void> {
      await using server = await startEjabberd();
      await using annals = await Annals.launch(server.site);
      await annals.event("delegation-proven", { where: {}, timeout: 20_000 });
      {
        await using alice = await Client.login(server, "alice");
        await using bob = await Client.login(server, "bob");
        await say(alice, bob, "Art thou not Romeo?");
      }
      for (const change of changes) await reloadConfig(server, change);
      await annals.event("delegation-lost", { where: { host: server.host }, timeout: 30_000 });
      const from = annals.lines.length;
      await annals.inService({ from });
      await using alice = await Client.login(server, "alice");
      assertEquals((await wholeArchive(alice)).map(({ body }) => body), ["Art thou not Romeo?"]);
    },
  });
}

async function say(from: Client, to: Client, body: string): Promise<void> {
  await from.send(`<message to='${to.account}' type='chat'><body>${body}</body></message>`);
  await to.message(body);
}
