import { assertEquals } from "@std/assert";
import { Features } from "./disco.ts";

const ACCOUNT = "urn:xmpp:delegation:2:bare:urn:xmpp:mam:2";

Deno.test("Features shows a feature once that two plugins advertise, until both have stopped", () => {
  const features = new Features();
  const seen = (): readonly string[] => features.info(ACCOUNT).features;
  const undoOne = features.add("urn:example:thing", "account");
  const undoOther = features.add("urn:example:thing", "account");
  features.add("urn:example:more", "account");
  assertEquals(seen(), ["urn:example:thing", "urn:example:more"]);
  undoOne();
  assertEquals(seen(), ["urn:example:thing", "urn:example:more"]);
  undoOther();
  assertEquals(seen(), ["urn:example:more"]);
});

Deno.test("Features shows those of accounts at their node alone", () => {
  const features = new Features();
  features.add("urn:example:thing", "account");
  assertEquals(features.info(undefined).features.includes("urn:example:thing"), false);
  assertEquals(features.info("urn:xmpp:delegation:2::urn:xmpp:mam:2").features, []);
});

Deno.test("DiscoNodes lists a node that two plugins add once, with what both say of it", () => {
  const { nodes } = new Features();
  const undo = nodes.add({ node: "n", name: "N", features: ["a"] });
  nodes.add({ node: "n", features: ["b", "a"], identities: [{ category: "automation", type: "command-list" }] });
  nodes.add({ node: "m", under: "n", name: "M" });
  assertEquals(nodes.items(undefined, "archive.a.test").map(({ node }) => node), ["n"]);
  assertEquals(nodes.items("n", "archive.a.test"), [{ jid: "archive.a.test", node: "m", name: "M" }]);
  assertEquals(nodes.info("n")?.features, ["a", "b"]);
  undo();
  assertEquals(nodes.info("n")?.features, ["b", "a"]);
  assertEquals(nodes.info("o"), undefined);
});
