import { assertEquals } from "@std/assert";
import { watchGrants } from "./expectations.ts";
import { fakeLink, privilegedLinks } from "../../tests/support/links.ts";
import { Grants } from "./grants.ts";
import { memoryLog } from "../log/log.ts";

const HOSTS = ["a.test", "b.test"];

Deno.test("watchGrants() names each host and what it has not granted", async () => {
  const grants = new Grants();
  grants.delegate("a.test", ["urn:xmpp:mam:2"]);
  grants.privilege("a.test", "urn:xmpp:privilege:2", { message: "outgoing" });
  grants.privilege("b.test", "urn:xmpp:privilege:2", { roster: "get" });
  const log = memoryLog();
  const { signal } = new AbortController();
  await watchGrants({ component: { links: privilegedLinks(HOSTS, { grants }) }, signal, log, patience: 0 });
  assertEquals(log.events.map(({ level, event, fields }) => [level, event, fields["host"]]), [
    ["warn", "delegation-missing", "b.test"],
    ["warn", "privilege-missing", "b.test"],
  ]);
});

Deno.test("watchGrants() is silent when everything is granted while it waits", async () => {
  const grants = new Grants();
  const log = memoryLog();
  const { signal } = new AbortController();
  const watching = watchGrants({ component: { links: privilegedLinks(HOSTS, { grants }) }, signal, log, patience: 0 });
  for (const host of HOSTS) {
    grants.delegate(host, ["urn:xmpp:mam:2"]);
    grants.privilege(host, "urn:xmpp:privilege:1", { message: "outgoing" });
  }
  await watching;
  assertEquals(log.events, []);
});

Deno.test("watchGrants() expects nothing of a host that need not grant anything", async () => {
  const links = privilegedLinks(HOSTS);
  links.add(fakeLink("b.test"));
  const log = memoryLog();
  const { signal } = new AbortController();
  await watchGrants({ component: { links }, signal, log, patience: 0 });
  assertEquals(log.events.map(({ fields }) => fields["host"]), ["a.test", "a.test"]);
});

Deno.test("watchGrants() asks no more of a stream that has ended", async () => {
  const ended = new AbortController();
  const log = memoryLog();
  const watching = watchGrants({ component: { links: privilegedLinks(HOSTS) }, signal: ended.signal, log });
  ended.abort();
  await watching;
  assertEquals(log.events, []);
});
