import { assertEquals } from "@std/assert";
import { Jid } from "../../xmpp/jid.ts";
import { ownersOf } from "./owners.ts";

const ROWS: readonly [description: string, from: string, to: string, owners: string[]][] = [
  ["two local accounts", "alice@a.test/x", "bob@a.test", [
    "alice@a.test outgoing bob@a.test",
    "bob@a.test incoming alice@a.test/x",
  ]],
  ["to another server", "alice@a.test/x", "bob@b.test/y", ["alice@a.test outgoing bob@b.test/y"]],
  ["from another server", "bob@b.test/y", "alice@a.test/x", ["alice@a.test incoming bob@b.test/y"]],
  ["to oneself, once", "alice@a.test/x", "alice@a.test", ["alice@a.test outgoing alice@a.test"]],
  ["between one's own sessions, once", "alice@a.test/x", "alice@a.test/y", ["alice@a.test outgoing alice@a.test/y"]],
  ["to the server", "alice@a.test/x", "a.test", ["alice@a.test outgoing a.test"]],
  ["from the server", "a.test", "alice@a.test", ["alice@a.test incoming a.test"]],
  ["between strangers", "carol@c.test/z", "bob@b.test", []],
];

for (const [description, from, to, owners] of ROWS) {
  Deno.test(`ownersOf() a message ${description}`, () => {
    const found = ownersOf("a.test", Jid.parse(from), Jid.parse(to));
    assertEquals(found.map(({ account, peer, direction }) => `${account} ${direction} ${peer}`), owners);
  });
}
