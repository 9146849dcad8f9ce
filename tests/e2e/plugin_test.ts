/** The plugins of docs/plugins.md, from a folder of `plugin_paths`, on each server. */
import { assertEquals } from "@std/assert";
import { PLUGIN_FOLDER, PLUGIN_NAMES } from "../support/documented_plugins.ts";
import type { Client } from "../support/client.ts";
import { chat } from "./companion_stage.ts";
import { settledArchive } from "./companion_stage.ts";
import { onEachServer } from "./stage.ts";

const HELLO = "urn:example:hello";
const VISITS = "urn:example:visits";
const COMMANDS = "http://jabber.org/protocol/commands";

onEachServer("the plugins of the documentation do what it says", async (stage, t) => {
  const { server: { site: { component } }, annals } = stage;
  const [alice, bob] = [await stage.enter("alice"), await stage.enter("bob")];
  await t.step("hello answers, and is advertised", async () => {
    const reply = await alice.request("get", `<hello xmlns='${HELLO}' name='Alice'/>`, component);
    assertEquals(reply.getChild("hello", HELLO)?.getText(), "Good day, Alice");
    assertEquals((await featuresOf(alice, component)).includes(HELLO), true);
  });
  await t.step("veto keeps a message out of both archives", async () => {
    await alice.send(chat(bob.account, "hush do not tell"));
    await alice.send(chat(bob.account, "the end"));
    await bob.message("the end");
    for (const client of [alice, bob]) {
      assertEquals((await settledArchive(client)).map(({ body }) => body), ["the end"], client.account);
    }
  });
  await t.step("hosts is found as a command, and carried out", async () => {
    const list = await alice.request("get", query("items", COMMANDS), component);
    const found = list.getChild("query")?.getChildren("item").map(({ attrs }) => ({ ...attrs }));
    assertEquals(found, [{ jid: component, node: "urn:example:hosts", name: "List the hosts" }]);
    const [item] = (await alice.request("get", query("items"), component)).getChild("query")?.getChildren("item") ?? [];
    assertEquals(item?.attrs.node, COMMANDS);
    assertEquals(await featuresOf(alice, component, "urn:example:hosts"), [COMMANDS]);
    const command = (node: string) => `<command xmlns='${COMMANDS}' node='${node}' action='execute'/>`;
    const done = (await alice.request("set", command("urn:example:hosts"), component)).getChild("command");
    assertEquals([done?.attrs.status, done?.getChildText("note")], ["completed", "example.test"]);
    const refused = await alice.request("set", command("urn:example:other"), component);
    assertEquals(refused.getChild("error")?.getChild("item-not-found") === undefined, false);
  });
  await t.step("visits counts on after a restart", async () => {
    const visit = async () => {
      const reply = await alice.request("get", `<visits xmlns='${VISITS}'/>`, component);
      return reply.getChild("visits", VISITS)?.getText();
    };
    assertEquals([await visit(), await visit()], ["1", "2"]);
    await annals.restart();
    assertEquals(await visit(), "3");
  });
}, {
  config: {
    modules_enabled: ["mam", "ping", ...PLUGIN_NAMES],
    plugin_paths: [PLUGIN_FOLDER],
    plugins: { hello: { greeting: "Good day" }, veto: { word: "hush" } },
  },
});

function query(kind: "info" | "items", node?: string): string {
  return `<query xmlns='http://jabber.org/protocol/disco#${kind}'${node === undefined ? "" : ` node='${node}'`}/>`;
}

async function featuresOf(client: Client, component: string, node?: string): Promise<string[]> {
  const reply = await client.request("get", query("info", node), component);
  return reply.getChild("query")?.getChildren("feature").map(({ attrs }) => attrs.var ?? "") ?? [];
}
