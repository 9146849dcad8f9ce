import { assertEquals } from "@std/assert";
import { onEachServer } from "./stage.ts";

const NS = "urn:example:hello";

onEachServer("a plugin of one's own answers from a folder of `plugin_paths`", async (stage, t) => {
  const alice = await stage.enter("alice");
  await t.step("its request", async () => {
    const reply = await alice.request("get", `<hello xmlns='${NS}' name='Alice'/>`, stage.server.site.component);
    assertEquals(reply.getChild("hello", NS)?.getText(), "Good day, Alice");
  });
  await t.step("and is advertised", async () => {
    const query = `<query xmlns='http://jabber.org/protocol/disco#info'/>`;
    const reply = await alice.request("get", query, stage.server.site.component);
    const features = reply.getChild("query")?.getChildren("feature").map((feature) => feature.attrs.var) ?? [];
    assertEquals(features.includes(NS), true, features.join(", "));
  });
}, {
  config: {
    modules_enabled: ["mam", "ping", "hello"],
    plugin_paths: [new URL("plugins", import.meta.url).pathname],
    greeting: "Good day",
  },
});
