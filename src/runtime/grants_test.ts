import { assertEquals } from "@std/assert";
import { readXml } from "../../tests/support/codec.ts";
import { Jid } from "../xmpp/jid.ts";
import { Grants, receiveGrants } from "./grants.ts";
import { memoryLog } from "../log/log.ts";
import { Router } from "./router.ts";

/** Grants known after each of `from` has announced these. */
function announced(announcements: readonly (readonly [from: string, payload: string])[]): {
  grants: Grants;
  logged: string[];
} {
  const grants = new Grants();
  const router = new Router();
  const log = memoryLog();
  receiveGrants(grants, { router, hosts: new Set(["a.test", "b.test"]), log });
  for (const [from, text] of announcements) {
    const payload = readXml(text);
    for (const taker of router.findTakers(payload)) taker.receive(Jid.parse(from), payload, payload);
  }
  return { grants, logged: log.events.map(({ event }) => event) };
}

function privilege(version: 1 | 2, ...perms: readonly (readonly [access: string, type: string])[]): string {
  const children = perms.map(([access, type]) => `<perm access="${access}" type="${type}"/>`).join("");
  return `<privilege xmlns="urn:xmpp:privilege:${version}">${children}</privilege>`;
}

function delegation(version: 1 | 2, ...namespaces: readonly string[]): string {
  const children = namespaces.map((namespace) => `<delegated namespace="${namespace}"/>`).join("");
  return `<delegation xmlns="urn:xmpp:delegation:${version}">${children}</delegation>`;
}

const ROSTERS: readonly [announcement: string, allowed: boolean][] = [
  [privilege(2, ["roster", "get"]), true],
  [privilege(1, ["roster", "both"]), true],
  [privilege(2, ["roster", "set"]), false],
  [privilege(2, ["roster", "none"]), false],
  [privilege(2, ["roster", "all"]), false],
  [privilege(2, ["message", "outgoing"]), false],
];

for (const [announcement, allowed] of ROSTERS) {
  Deno.test(`Grants by ${announcement}: rosters ${allowed} (XEP-0356 §4.1)`, () => {
    assertEquals(announced([["a.test", announcement]]).grants.allowsRoster("a.test"), allowed);
  });
}

const MESSAGES: readonly [announcement: string, xmlns: string | undefined][] = [
  [privilege(2, ["message", "outgoing"]), "urn:xmpp:privilege:2"],
  [privilege(1, ["message", "outgoing"]), "urn:xmpp:privilege:1"],
  [privilege(2, ["message", "none"]), undefined],
  [privilege(2, ["message", "incoming"]), undefined],
  [privilege(2, ["roster", "get"]), undefined],
];

for (const [announcement, xmlns] of MESSAGES) {
  Deno.test(`Grants by ${announcement}: messages ${xmlns} (XEP-0356 §5.1)`, () => {
    assertEquals(announced([["a.test", announcement]]).grants.messagePrivilege("a.test"), xmlns);
  });
}

Deno.test("Grants knows each host's, and the last word of each", () => {
  const { grants, logged } = announced([
    ["a.test", privilege(1, ["message", "outgoing"], ["roster", "get"])],
    ["b.test", privilege(2, ["message", "outgoing"])],
    ["a.test", delegation(1, "urn:xmpp:mam:2", "urn:xmpp:mam:1")],
    ["b.test", privilege(2)],
  ]);
  assertEquals(["a.test", "b.test"].map((host) => grants.messagePrivilege(host)), ["urn:xmpp:privilege:1", undefined]);
  assertEquals(["a.test", "b.test"].map((host) => grants.delegatedBy(host)), [
    ["urn:xmpp:mam:2", "urn:xmpp:mam:1"],
    [],
  ]);
  assertEquals(logged, ["privilege-granted", "privilege-granted", "delegation-granted", "privilege-granted"]);
});

Deno.test("Grants that say the same again are no news", () => {
  const grant: [string, string] = ["a.test", delegation(1, "urn:xmpp:mam:2")];
  const { logged } = announced([grant, grant, ["a.test", delegation(1, "urn:xmpp:mam:2", "urn:xmpp:mam:1")]]);
  assertEquals(logged, ["delegation-granted", "delegation-granted"]);
});

Deno.test("Grants takes none from anybody but a configured host, and says so", () => {
  const { grants, logged } = announced([
    ["mallory@a.test/x", privilege(2, ["message", "outgoing"])],
    ["a.test/x", privilege(2, ["message", "outgoing"])],
    ["c.test", delegation(2, "urn:xmpp:mam:2")],
  ]);
  for (const host of ["a.test", "c.test"]) {
    assertEquals([grants.messagePrivilege(host), grants.delegatedBy(host)], [undefined, []]);
  }
  assertEquals(logged, ["grant-ignored", "grant-ignored"]);
});

Deno.test("Grants from strangers do not fill the log: the lines get rarer", () => {
  const forged = Array.from({ length: 1000 }, (): [string, string] => ["mallory@c.test/x", privilege(2)]);
  assertEquals(announced(forged).logged.length, 10);
});

Deno.test("Grants ends with the stream", () => {
  const { grants } = announced([
    ["a.test", privilege(2, ["message", "outgoing"], ["roster", "get"])],
    ["a.test", delegation(2, "urn:xmpp:mam:2")],
  ]);
  grants.clear();
  const left = [grants.messagePrivilege("a.test"), grants.allowsRoster("a.test"), grants.delegatedBy("a.test")];
  assertEquals(left, [undefined, false, []]);
});
