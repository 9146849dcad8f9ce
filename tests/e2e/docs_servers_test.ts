/** Configurations of servers in the documentation, in real servers, and messages that go their way. */
import { assertEquals } from "@std/assert";
import { Annals } from "../support/annals.ts";
import { wholeArchive } from "../support/archive.ts";
import { Client } from "../support/client.ts";
import { prosodyConfig } from "../support/servers/prosody_config.ts";
import type { Server } from "../support/servers/server.ts";
import type { ServerOptions, Site } from "../support/servers/site.ts";
import { page, theBlock } from "../support/documents.ts";
import { unconnected } from "./printed.ts";
import { AVAILABLE } from "./stage.ts";

/** The folder of the module. */

/** The names of the documentation. */
const NAMES: ServerOptions = {
  hosts: ["example.org"],
  component: "archive.example.org",
  secret: "the secret of config.toml",
};

const MODULE = theBlock("docs/prosody.md", "prosody with the module").text;
const STANDARD = theBlock("docs/prosody.md", "prosody standard").text;
const [, STANDARD_MODULES = ""] = /replace `"mam"` by `([^`]+)`/.exec(page("docs/prosody.md")) ?? [];
const RULES = theBlock("docs/prosody.md", "firewall").text;
const YAML = theBlock("docs/ejabberd.md", "ejabberd").text;

Deno.test({
  name: "docs/prosody.md: the configuration with the module archives, with the same ids as live",
  ignore: !AVAILABLE.has("Prosody"),
  async fn(): Promise<void> {
    await using server = await unconnected("prosody", NAMES);
    await configure(server.site, MODULE);
    await using annals = await Annals.prepare(server.site, { companion: true });
    const { ids, live } = await converse(server, annals);
    assertEquals(ids, [live]);
  },
});

Deno.test({
  name: "docs/prosody.md: the configuration without the module archives",
  ignore: !AVAILABLE.has("Prosody"),
  async fn(): Promise<void> {
    await using server = await unconnected("prosody", NAMES);
    const rules = `${server.site.folder}/annals-example.org.pfw`;
    await Deno.writeTextFile(rules, RULES);
    await configure(server.site, STANDARD.replace("/etc/prosody/annals-example.org.pfw", rules), STANDARD_MODULES);
    await using annals = await Annals.prepare(server.site);
    const { ids, live } = await converse(server, annals);
    assertEquals([ids.length, live], [1, undefined]);
  },
});

Deno.test({
  name: "docs/ejabberd.md: the configuration archives",
  ignore: !AVAILABLE.has("ejabberd"),
  async fn(): Promise<void> {
    await using server = await unconnected("ejabberd", NAMES);
    const { folder, componentPort } = server.site;
    await Deno.writeTextFile(`${folder}/annals.yml`, YAML.replace("port: 5347", `port: ${componentPort}`));
    await using annals = await Annals.prepare(server.site);
    const { ids, live } = await converse(server, annals);
    assertEquals([ids.length, live], [1, undefined]);
  },
});

/** Puts a block at the end of a server's configuration, in which `modules` have taken the place of "mam". */
async function configure(site: Site, block: string, modules = `"mam"`): Promise<void> {
  const ours = prosodyConfig({ ...site, archive: "own-internal" }).replace(`"mam"`, modules);
  await Deno.writeTextFile(`${site.folder}/prosody.cfg.lua`, ours + block);
}

/** Somebody says something; returns the ids of the listener's archive, and the id that came with the message. */
async function converse(server: Server, annals: Annals): Promise<{ ids: string[]; live: string | undefined }> {
  await server.start();
  await annals.start();
  await using alice = await Client.login(server, "alice");
  await using bob = await Client.login(server, "bob");
  await alice.send(`<message to='${bob.account}' type='chat'><body>Art thou not Romeo?</body></message>`);
  const message = await bob.message("Art thou not Romeo?");
  await bob.settle();
  for (const client of [alice, bob]) {
    assertEquals((await wholeArchive(client)).map(({ body }) => body), ["Art thou not Romeo?"]);
  }
  assertEquals(annals.errors, []);
  const ids = (await wholeArchive(bob)).map(({ id }) => id);
  return { ids, live: message.getChild("stanza-id", "urn:xmpp:sid:0")?.attrs.id };
}
